// Outlives the process that started it, and cleans up: once standard input ends, also because that process was killed, every
// server under the directory is stopped and the directory removed. Arguments: the directory, the folder of pg_ctl.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const [directory, binaries] = process.argv.slice(2);
const TRIES = 40;

process.stdin.resume();
await new Promise((resolve) => process.stdin.once('close', resolve));

// Whatever was being started or copied when its parent died ends by itself; it may still write a file or two.
for (let tried = 1; existsSync(directory) && tried <= TRIES; tried++) {
  // PostgreSQL refuses to be run by root.
  const { uid, gid } = statSync(directory);
  for (const name of readdirSync(directory)) {
    if (!existsSync(join(directory, name, 'postmaster.pid'))) continue;
    const stop = ['stop', '-m', 'immediate', '-D', join(directory, name)];
    spawnSync(join(binaries, 'pg_ctl'), stop, { uid, gid, cwd: '/', stdio: 'ignore' });
  }
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    await wait(250);
  }
  await wait(50);
}
process.exit(existsSync(directory) ? 1 : 0);
