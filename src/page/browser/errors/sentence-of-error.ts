import { type ErrorDetails, type ErrorSentence, sentenceOf } from './sentences.js';

/**
 * A sentence for whatever a call threw: an AuthClientError of `nestjs-aerie/client`, a `fetch` without an answer, or the mistake of a
 * program.
 */
export function sentenceOfError(error: unknown): ErrorSentence {
  if (typeof error === 'object' && error !== null && 'code' in error && 'details' in error) {
    const { code, status, retryAfter, details, message } = error as Readonly<Record<string, unknown>>;
    return sentenceOf(typeof code === 'string' ? code : null, {
      ...(details as ErrorDetails),
      // The client gives 0 for no answer, and null for no time to wait.
      status: typeof status === 'number' && status !== 0 ? status : undefined,
      retryAfter: typeof retryAfter === 'number' ? retryAfter : undefined,
      message: typeof message === 'string' ? message : undefined,
    });
  }
  if (isWithoutAnswer(error)) return sentenceOf(null);
  return {
    happened: `This page made a mistake: ${error instanceof Error ? error.message : String(error)}.`,
    todo: 'Load the page again, then try again.',
  };
}

/** `fetch` throws TypeError without an answer, in each browser with other words, and DOMException at a time limit. */
function isWithoutAnswer(error: unknown): boolean {
  const { name, message } = (error ?? {}) as { readonly name?: unknown; readonly message?: unknown };
  if (name === 'TypeError') return /fetch|network|load failed/i.test(String(message));
  return /^(Timeout|Abort|Network)Error$/.test(String(name));
}

/** A sentence for an answer that `fetch` gave. It reads the answer's body. */
export async function sentenceOfAnswer(answer: Response): Promise<ErrorSentence> {
  const body = (await answer.json().catch(() => null)) as Readonly<Record<string, unknown>> | null;
  const retryAfter = Number(answer.headers.get('Retry-After') ?? Number.NaN);
  const { code, ...details } = body ?? {};
  return sentenceOf(typeof code === 'string' ? code : null, {
    ...details,
    status: answer.status,
    retryAfter,
  });
}
