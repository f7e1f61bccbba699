// Ctrl-C and SIGTERM end a run early, and leave nothing behind: no table, no folder, no process.

/** Aborted by the first signal. Others are no news: npm passes on what the terminal has sent already. */
export function interruption() {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => controller.abort());
  return controller.signal;
}

/** Plays a run to its end; after an interruption it gives up what it made, and the program ends with 130. */
export async function playUnlessInterrupted(run, signal, progress) {
  try {
    return await run.play(progress, signal);
  } catch (error) {
    // A terminal interrupts the run's processes as well.
    if (!signal.aborted) throw error;
  } finally {
    if (signal.aborted) process.exit(130);
  }
}
