import { REFUSAL_CODES, type RefusalCounts } from '../audit/process-status.js';
import { AuthError } from '../errors/auth-error.js';

/** How many tokens were refused since the process started, by code. */
export class RefusalCounters implements RefusalCounts {
  AUTH_ACCESS_TOKEN_INVALID = 0;
  AUTH_ACCESS_TOKEN_EXPIRED = 0;
  AUTH_ACCESS_TOKEN_REVOKED = 0;
  AUTH_ACCESS_TOKEN_STALE = 0;
  AUTH_STORE_UNAVAILABLE = 0;

  /** Makes an authenticator count what these methods of it throw, now or later. */
  watch<A extends object>(authenticator: A, methods: readonly (keyof A)[]): A {
    for (const method of methods) {
      const judge = (authenticator[method] as (...args: unknown[]) => unknown).bind(authenticator);
      const counted = (...args: unknown[]): unknown => {
        try {
          const found = judge(...args);
          if (found instanceof Promise) found.catch((error: unknown) => this.count(error));
          return found;
        } catch (error) {
          this.count(error);
          throw error;
        }
      };
      authenticator[method] = counted as A[keyof A];
    }
    return authenticator;
  }

  private count(error: unknown): void {
    const code = error instanceof AuthError && REFUSAL_CODES.find((known) => known === error.code);
    if (code) this[code]++;
  }
}
