/** Waits for running work, at most for this time. Throws the error of the work, or an Error if it is late. */
export async function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What came of a call in time; `value` only when it was answered. */
export type TimelyAnswer =
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'failed' }
  | { readonly kind: 'silent' };

/** Waits for a call, for so long. Never throws; what comes too late is dropped. */
export async function withinDeadline(ms: number, call: () => unknown): Promise<TimelyAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<TimelyAnswer>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'silent' }), ms);
  });
  const answer = await Promise.race([answerOf(call), silence]);
  clearTimeout(timer);
  return answer;
}

// A function of its own, so that a synchronous throw is caught as well.
async function answerOf(call: () => unknown): Promise<TimelyAnswer> {
  try {
    return { kind: 'answered', value: await call() };
  } catch {
    return { kind: 'failed' };
  }
}
