import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { until } from '../until.js';
import { killTree, processTree, signalTree } from './process-tree.mjs';

/** What ends by itself takes far less. */
const STOP_MS = 20_000;

/** A running program with what it has started, which can be ended, and hung as a machine hangs. */
export class OwnProcess {
  /** Every line that it printed, on both outputs. */
  readonly logs: string[] = [];
  /** Its exit code; null when a signal ended it, or when it could not be started. */
  readonly exited: Promise<number | null>;
  private ended = false;

  constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {
    for (const output of [child.stdout!, child.stderr!])
      createInterface({ input: output }).on('line', (line) => this.logs.push(line));
    this.exited = new Promise((resolve) => {
      const end = (code: number | null): void => {
        this.ended = true;
        resolve(code);
      };
      child.once('close', end);
      child.once('error', (error) => {
        this.logs.push(error.message);
        end(null);
      });
    });
  }

  get running(): boolean {
    return !this.ended;
  }

  /** Waits until `isReady`; throws, with what was printed, when the program ends first. */
  async ready(isReady: () => Promise<boolean>): Promise<void> {
    const isSo = async (): Promise<boolean> => {
      if (this.ended) throw new Error(`${this.name} ended\n${this.logs.join('\n')}`);
      return isReady();
    };
    await until(`${this.name} is ready`, isSo, 60_000);
  }

  /** Nothing of it runs from now on, and the kernel still accepts connections for it. Returns when it stands. */
  async suspend(): Promise<void> {
    const { pid } = this;
    // Itself first: it cannot start anything more then.
    process.kill(pid, 'SIGSTOP');
    await until(`${this.name} stands still`, () => {
      signalTree(pid, 'SIGSTOP');
      return processTree(pid).every(({ state }) => /^[TZX]/.test(state));
    });
  }

  resume(): void {
    signalTree(this.pid, 'SIGCONT');
  }

  /** Asks it to end, with the signal that means so to it, and waits; throws when it does not. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.ended) return;
    this.resume();
    process.kill(this.pid, signal);
    let killed = false;
    const late = setTimeout(() => {
      killed = true;
      killTree(this.pid);
    }, STOP_MS);
    await this.exited;
    clearTimeout(late);
    if (killed) throw new Error(`${this.name} did not end within ${STOP_MS} ms, and was killed`);
  }

  /** Ends all of it at once, as a loss of power does, stopped or not. */
  async kill(): Promise<void> {
    if (this.ended) return;
    killTree(this.pid);
    await this.exited;
  }

  private get pid(): number {
    if (this.ended) throw new Error(`${this.name} does not run`);
    return this.child.pid!;
  }
}
