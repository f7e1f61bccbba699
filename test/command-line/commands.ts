import { jest } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuiltWorkspace, buildWorkspace, ROOT } from '../support/build-output.js';
import { type ProcessEnd, run, runToEnd } from '../support/processes.js';

// A test starts several processes, each of which loads an application.
jest.setTimeout(120_000);

/** The command as it is installed: built, and run in a process of its own. */
export interface CommandUnderTest {
  readonly workspace: BuiltWorkspace;
  run(
    args: readonly string[],
    given?: { readonly input?: string; readonly env?: Record<string, string> },
  ): Promise<ProcessEnd>;
  /** Runs an ES module's text beside it; it must succeed. */
  node(text: string, env: Record<string, string>): Promise<string>;
}

/** Nothing of the machine that runs the tests. */
const ENVIRONMENT = {
  NODE_ENV: 'test',
  NO_COLOR: '',
  AUTH_SECRET: '',
  DATABASE_URL: '',
  NODE_OPTIONS: `--require ${join(ROOT, 'test/support/newer-sqlite.cjs')}`,
};

export async function buildCommand(): Promise<CommandUnderTest> {
  const workspace = await buildWorkspace();
  const main = join(workspace.folder, 'node_modules/nestjs-aerie/dist/cli/main.js');
  return {
    workspace,
    run: (args, { input = '', env = {} } = {}) =>
      runToEnd(process.execPath, [main, ...args], {
        cwd: workspace.folder,
        env: { ...ENVIRONMENT, ...env },
        input,
        timeoutMs: 60_000,
      }),
    node: async (text, env) => {
      const path = join(workspace.folder, 'program.mjs');
      await writeFile(path, text);
      return run(process.execPath, [path], { cwd: workspace.folder, env: { ...ENVIRONMENT, ...env } });
    },
  };
}

/** One line on standard error, none on standard output, and exit code 2: how a command refuses bad input. */
export function refusedInOneLine({ code, stdout, stderr }: ProcessEnd): string {
  const lines = stderr.trimEnd().split('\n');
  if (code !== 2 || stdout !== '' || lines.length !== 1)
    throw new Error(`not one line and exit code 2, but ${code}\n${stdout}\n${stderr}`);
  return lines[0]!;
}
