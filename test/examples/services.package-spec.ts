// The very command that the documentation gives, and the lines that it prints, typed into a shell.
import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../support/build-output.js';
import { freePort, runToEnd } from '../support/processes.js';

const DRIVER = join(ROOT, 'test/support/newer-sqlite.cjs');

/** One line that says what it is answered with. */
const EXPECTING = /^(curl .*\S)\s+# -> (\d{3})$/;

/** The first of three ports in a row that are free at this moment. */
async function threeFreePorts(): Promise<number> {
  for (;;) {
    const first = await freePort();
    const others = await Promise.all([first + 1, first + 2].map(isFree));
    if (others.every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Starts it, and gives what it printed once it is ready. */
async function startExample(): Promise<{ printed: string; stop: () => Promise<void> }> {
  const port = String(await threeFreePorts());
  // A group of its own: npm starts a shell, which starts what serves.
  const child = spawn('npm', ['run', 'example:services'], {
    cwd: ROOT,
    env: { ...process.env, PORT: port, NODE_OPTIONS: `--require ${JSON.stringify(DRIVER)}` },
    detached: true,
  });
  let printed = '';
  const kill = (signal: NodeJS.Signals): void => void process.kill(-child.pid!, signal);
  const late = setTimeout(() => kill('SIGKILL'), 240_000);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const hear = (part: Buffer): void => {
      printed += part.toString();
      if (/Try:[\s\S]*# -> 401\n\n/.test(printed)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', (code) => reject(new Error(`it ended with ${code}\n${printed}`)));
  }).finally(() => clearTimeout(late));
  return {
    printed,
    stop: async () => {
      kill('SIGTERM');
      await ended;
    },
  };
}

describe('npm run example:services', () => {
  it('prints lines for curl that are answered as they say', async () => {
    const example = await startExample();
    try {
      const lines = example.printed.slice(example.printed.indexOf('# Sign in')).trim().split('\n');
      const expected = lines.flatMap((line) => EXPECTING.exec(line)?.[2] ?? []);
      expect(expected.length).toBeGreaterThan(4);
      const script = lines.map((line) => line.replace(EXPECTING, "$1 -s -o /dev/null -w '%{http_code}\\n'"));
      const { code, stdout, stderr } = await runToEnd('bash', ['-euo', 'pipefail'], {
        cwd: ROOT,
        input: script.join('\n'),
        timeoutMs: 60_000,
      });
      expect({ code, stderr, answered: stdout.trim().split('\n') }).toEqual({
        code: 0,
        stderr: '',
        answered: expected,
      });
    } finally {
      await example.stop();
    }
  }, 300_000);
});
