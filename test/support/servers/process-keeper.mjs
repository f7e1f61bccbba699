// Outlives the process that started it, and cleans up: once standard input ends, also because that process was killed, every
// process it was told of is ended and the directory removed. Argument: the directory. Each line of standard input is
// `+pid` for a process that was started, `-pid` for one that has ended.
import { existsSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { killTree } from './process-tree.mjs';

const [directory] = process.argv.slice(2);
const TRIES = 40;
const running = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) running.add(pid);
  else running.delete(pid);
}
for (const pid of running) killTree(pid);
// What was being written when its writer died may still come.
for (let tried = 1; existsSync(directory) && tried <= TRIES; tried++) {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    await wait(250);
  }
}
process.exit(existsSync(directory) ? 1 : 0);
