// A process and what it has started: PostgreSQL is one process for each connection, and to stop it is to stop them all.
import { execFileSync } from 'node:child_process';

/** A process and all that descend from it, itself first, with their states as `ps` prints them (`T` is stopped). */
export function processTree(root) {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const all = rows.map(([pid, parent, state]) => ({ pid: Number(pid), parent: Number(parent), state }));
  const tree = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

/** Sends a signal to each of them; those that have ended meanwhile are left out. */
export function signalTree(root, signal) {
  for (const { pid } of processTree(root)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

/** Ends all of them at once, stopped or not. Nothing is started meanwhile: the first one is stopped before they are counted. */
export function killTree(root) {
  try {
    process.kill(root, 'SIGSTOP');
  } catch (error) {
    if (error.code === 'ESRCH') return;
    throw error;
  }
  signalTree(root, 'SIGKILL');
}
