// Lets a benchmark that fills disks clean up after itself when it is stopped by hand.

const SIGNALS = ['SIGINT', 'SIGTERM'];
/** npm hands on what the terminal has sent already: within this time it is the same signal. */
const SAME_MS = 1_000;

/**
 * Runs `work` with an AbortSignal that SIGINT and SIGTERM abort; a second signal ends the process at once. `work` must
 * stop when it sees the signal, and cleans up in its own `finally`.
 */
export async function interruptible(work) {
  const controller = new AbortController();
  let first;
  const stop = (name) => {
    if (first !== undefined) {
      if (performance.now() - first > SAME_MS) process.exit(130);
      return;
    }
    first = performance.now();
    process.stderr.write(`${name}: dropping what was made; once more to leave it there\n`);
    controller.abort(new Error(`stopped by ${name}`));
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    // What was under way failed because it was stopped.
    process.exitCode = 130;
    return null;
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
  }
}
