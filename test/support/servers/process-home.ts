import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnProcess } from './own-process.js';

const KEEPER = join(import.meta.dirname, 'process-keeper.mjs');

/** Whom a program runs as; programs of this user when it is left out. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * A temporary directory, and the processes that live in it. A process of its own ends them and removes the directory
 * when this one closes it, and when this one is killed.
 */
export class ProcessHome {
  readonly directory = mkdtempSync(join(tmpdir(), 'aerie-own-'));
  private readonly keeper: ChildProcess;
  private readonly kept: Promise<number | null>;

  constructor() {
    // Servers that run as somebody else pass through it.
    chmodSync(this.directory, 0o755);
    // A group of its own: Ctrl-C in a terminal does not end it.
    this.keeper = spawn(process.execPath, [KEEPER, this.directory], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true,
    });
    this.keeper.stdin!.on('error', () => undefined);
    this.kept = new Promise((resolve) => this.keeper.once('exit', resolve));
  }

  /** A folder of the directory, made for its owner. */
  folder(name: string, owner?: Owner): string {
    const path = join(this.directory, name);
    mkdirSync(path, { recursive: true });
    if (owner) chownSync(path, owner.uid, owner.gid);
    return path;
  }

  /** Starts a program that stays; it may not be ready when this returns. */
  spawn(command: string, args: readonly string[], owner?: Owner): OwnProcess {
    const child = spawn(command, args, { ...owner, cwd: this.directory, stdio: ['ignore', 'pipe', 'pipe'] });
    const { pid } = child;
    if (pid !== undefined) {
      this.keeper.stdin!.write(`+${pid}\n`);
      child.once('exit', () => this.keeper.stdin!.write(`-${pid}\n`));
    }
    return new OwnProcess(command, child);
  }

  /** Runs a program to its end; throws, with what it printed, when it fails. */
  async run(command: string, args: readonly string[], owner?: Owner): Promise<void> {
    const program = this.spawn(command, args, owner);
    const code = await program.exited;
    if (code !== 0)
      throw new Error(`${[command, ...args].join(' ')} ended with ${code}\n${program.logs.join('\n')}`);
  }

  /** Ends every process at once and removes the directory. Repeating it does nothing. */
  async close(): Promise<void> {
    this.keeper.stdin!.end();
    const code = await this.kept;
    if (code !== 0) throw new Error(`${this.directory} could not be removed`);
  }
}
