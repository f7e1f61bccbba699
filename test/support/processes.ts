import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

export interface ProcessInput {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Given on standard input. */
  readonly input?: string;
  /** After so long it is killed, and its end says so on standard error. */
  readonly timeoutMs?: number;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; never throws for what it answers. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  { cwd, env, input, timeoutMs }: ProcessInput,
): Promise<ProcessEnd> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe' });
  const output = collect(child);
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  const kill = (): void => {
    output.stderr += `\nkilled: it had not ended after ${timeoutMs} ms\n`;
    child.kill('SIGKILL');
    // What it started may hold these open for as long as it likes.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const late = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearTimeout(late));
  return { code, ...output };
}

/** Runs a program that must succeed, and gives what it printed. */
export async function run(command: string, args: readonly string[], input: ProcessInput): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(command, args, input);
  if (code !== 0) {
    throw new Error(`${[command, ...args].join(' ')} ended with ${code}\n${stdout}\n${stderr}`);
  }
  return stdout;
}

export interface RunningServer {
  /** What was printed up to the text that was waited for. */
  readonly printed: string;
  stop(): Promise<void>;
}

/** Starts a Node program, and waits until it has printed what it is known to print once it is ready. */
export async function startServer(
  args: readonly string[],
  ready: RegExp,
  { cwd, env }: ProcessInput,
): Promise<RunningServer> {
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe' });
  const output = collect(child);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let late: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => {
      child.kill('SIGKILL');
      reject(new Error(`${why}\n${output.stdout}\n${output.stderr}`));
    };
    late = setTimeout(() => fail('the server was not ready after a minute'), 60_000);
    child.stdout.on('data', () => ready.test(output.stdout) && resolve());
    child.once('error', (error) => fail(error.message));
    child.once('close', (code) => fail(`the server ended with ${code}`));
  }).finally(() => clearTimeout(late));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const slow = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(slow);
  };
  return { printed: output.stdout, stop };
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  return output;
}

/** A port of loopback that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
