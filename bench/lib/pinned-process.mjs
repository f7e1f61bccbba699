// Processes of the benchmark's own, each on a core of its own where the machine can do that.
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Two cores to keep server and load apart, or null: then the scheduler decides, and figures are noisier. */
export function twoCores() {
  if (spawnSync('taskset', ['--version']).error) return null;
  try {
    const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1];
    const cores = allowed.split(',').flatMap((range) => {
      const [first, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
    return cores.length < 2 ? null : { server: cores[0], load: cores[1] };
  } catch {
    return null;
  }
}

/** One line for a report. `others`: the servers that are left to the scheduler. */
export function pinning(cores, others) {
  return cores
    ? `servers on core ${cores.server}, load on core ${cores.load}; ${others} wherever the scheduler puts it`
    : 'server and load NOT pinned (taskset or a second core is missing): they may disturb each other';
}

/**
 * Starts a script of this package that says what it has to say with `process.send`. `core` null: not pinned. Resolves
 * with its first message as `ready`.
 */
export async function startProcess(script, { args = [], core = null, nodeOptions = [] }) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child =
    core === null
      ? fork(path, args, { execArgv: nodeOptions })
      : spawn('taskset', ['-c', String(core), process.execPath, ...nodeOptions, path, ...args], {
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        });
  const exited = once(child, 'exit');
  const answer = async () => {
    const first = await Promise.race([once(child, 'message'), exited]);
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${script} stopped early`);
    return first[0];
  };
  return {
    ready: await answer(),
    /** Sends a message and waits for the answer; one at a time. */
    async ask(message) {
      const next = answer();
      child.send(message);
      return next;
    },
    /** Lets the process end by itself: it does when no client is connected any more. */
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
