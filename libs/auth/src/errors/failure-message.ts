import { redactTokens } from '../crypto/token-shapes.js';

/** The message of an error of another program, as a log may hold it: it may quote what that program was given. */
export function failureMessage(error: unknown): string {
  return error instanceof Error ? redactTokens(error.message) : 'not an Error';
}
