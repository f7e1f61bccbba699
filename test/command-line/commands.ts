import { afterAll, jest } from '@jest/globals';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuiltWorkspace, buildWorkspace, ROOT } from '../support/build-output.js';
import { type ProcessEnd, run, runToEnd } from '../support/processes.js';

// A test starts several processes, each of which loads an application.
jest.setTimeout(120_000);

/** What a command is given beside its arguments. */
interface Given {
  readonly input?: string;
  readonly env?: Record<string, string>;
}

/** The command as it is installed: built, and run in a process of its own. */
export interface CommandUnderTest {
  /** Where it runs: a folder of this spec alone. */
  readonly folder: string;
  run(args: readonly string[], given?: Given): Promise<ProcessEnd>;
  /**
   * The ends of several commands that run one after the other in one process. For tests of what a command says: a process
   * takes longer to start than most commands take.
   */
  together(
    questions: readonly (Given & { readonly args: readonly string[] })[],
  ): Promise<readonly ProcessEnd[]>;
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

/** Runs what `together` is given; their standard input is a text. */
const TOGETHER = `
import { text } from 'node:stream/consumers';
import { commandLine } from '../node_modules/nestjs-aerie/dist/cli/command-line.js';
import { Terminal } from '../node_modules/nestjs-aerie/dist/cli/terminal.js';

const questions = JSON.parse(await text(process.stdin));
const write = process.stdout.write.bind(process.stdout);
const environment = { ...process.env };
const ends = [];
for (const { args, input, env } of questions) {
  const end = { stdout: '', stderr: '' };
  process.stdout.write = (part) => ((end.stdout += part), true);
  process.stderr.write = (part) => ((end.stderr += part), true);
  process.env = { ...environment, ...env };
  const terminal = new Terminal();
  terminal.readAll = async () => input.trimEnd();
  ends.push({ code: await commandLine(args, terminal), ...end });
}
write(JSON.stringify(ends), () => process.exit());
`;

/** One build for all specs of a suite. */
let built: Promise<BuiltWorkspace> | undefined;
afterAll(async () => (await built)?.remove());

export async function buildCommand(): Promise<CommandUnderTest> {
  built ??= buildWorkspace();
  const workspace = await built;
  const folder = await mkdtemp(join(workspace.folder, 'command-'));
  const main = join(workspace.folder, 'node_modules/nestjs-aerie/dist/cli/main.js');
  const options = (env: Record<string, string> = {}) => ({ cwd: folder, env: { ...ENVIRONMENT, ...env } });
  return {
    folder,
    run: (args, { input = '', env = {} } = {}) =>
      runToEnd(process.execPath, [main, ...args], {
        ...options(env),
        input,
        timeoutMs: 60_000,
      }),
    together: async (questions) => {
      const path = join(folder, 'together.mjs');
      await writeFile(path, TOGETHER);
      const input = JSON.stringify(questions.map((one) => ({ input: '', ...one })));
      const { stdout, stderr } = await runToEnd(process.execPath, [path], {
        ...options(),
        input,
        timeoutMs: 60_000,
      });
      if (stdout === '') throw new Error(`no answer: ${stderr}`);
      return JSON.parse(stdout) as readonly ProcessEnd[];
    },
    node: async (text, env) => {
      const path = join(folder, 'program.mjs');
      await writeFile(path, text);
      return run(process.execPath, [path], options(env));
    },
  };
}

/** The ends of the rows of a table, each by its place in it: they run together, before the first test of the table. */
export function endsOf(ask: () => Promise<readonly ProcessEnd[]>): (place: number) => Promise<ProcessEnd> {
  let ends: Promise<readonly ProcessEnd[]> | undefined;
  return async (place) => (await (ends ??= ask()))[place]!;
}

/** The rows of a table for `it.each`, each followed by its place. */
export const placed = <T extends readonly unknown[]>(rows: readonly T[]): (readonly [...T, number])[] =>
  rows.map((row, place) => [...row, place] as const);

/** One line on standard error, none on standard output, and exit code 2: how a command refuses bad input. */
export function refusedInOneLine({ code, stdout, stderr }: ProcessEnd): string {
  const lines = stderr.trimEnd().split('\n');
  if (code !== 2 || stdout !== '' || lines.length !== 1)
    throw new Error(`not one line and exit code 2, but ${code}\n${stdout}\n${stderr}`);
  return lines[0]!;
}
