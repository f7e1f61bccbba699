// A process that does what it is told over its channel: the parent's side.
import { fork } from 'node:child_process';

/** An application that closes takes far less. */
const STOP_MS = 15_000;

/** Starts a script, and gives its answers to the callers. */
export class WorkerProcess {
  #waiting = new Map();
  #asked = 0;
  #child;

  constructor(script) {
    // Nothing of a test runner's own flags is needed there.
    this.#child = fork(script, [], { execArgv: [] });
    this.#child.on('message', (answer) => this.#waiting.get(answer.id)?.(answer));
    this.exited = new Promise((resolve) => this.#child.on('exit', resolve));
    // Not on 'exit': what it had sent before may still be read.
    this.#child.on('close', () => {
      for (const settle of this.#waiting.values()) settle({ error: 'the worker is gone' });
    });
    this.#child.on('error', () => undefined);
  }

  /** Calls that begin at one instant, when one is given: what came of each. Else one call, which must not fail. */
  send(calls, at) {
    return this.#ask({ calls, at });
  }

  /** One call, and what came of it, as it comes. */
  call(command, ...args) {
    return this.#ask({ call: [command, ...args] });
  }

  #ask(message) {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ value, error }) => {
        this.#waiting.delete(id);
        if (error === undefined) resolve(value);
        else reject(new Error(error));
      });
      // What could not be sent has no answer; a process that dies later is told of by 'close'.
      this.#child.send({ id, ...message }, (error) => {
        if (error) this.#waiting.get(id)?.({ error: 'the worker is gone' });
      });
    });
  }

  /** At once, whatever it is doing. */
  async kill() {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** Lets it close; one that does not is killed, and told of. */
  async stop() {
    let killed = false;
    const late = setTimeout(() => {
      killed = this.#child.kill('SIGKILL');
    }, STOP_MS);
    if (this.#child.connected) await this.send([['stop']]).catch(() => undefined);
    if (this.#child.connected) this.#child.disconnect();
    await this.exited;
    clearTimeout(late);
    if (killed) throw new Error(`a worker did not stop within ${STOP_MS / 1_000} s, and was killed`);
  }
}
