import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { type Duration, durationMs } from '../time/duration.js';

export const RECENT_SIGN_IN = Symbol.for('nestjs-aerie.recent-sign-in');

const LEAST_MS = 1_000;
const MOST_MS = 30 * 24 * 60 * 60_000;

/**
 * Admits a user who authenticated at most this long ago; others get a 401 with the challenge of RFC 9470, and authenticate
 * again by `POST /auth/step-up` (OWASP ASVS 5.0, 7.5). A refresh does not count as authenticating. The guards of this package
 * check it, in HTTP, GraphQL and WebSocket; Passport's own `AuthGuard` does not. No service is admitted. On a handler it
 * replaces the value of its class.
 *
 * @throws AuthConfigError for a value that is no duration between `1s` and `30d`.
 * @example
 * ```ts
 * import { applyDecorators, Post } from '@nestjs/common';
 * import { RequireRecentSignIn } from 'nestjs-aerie';
 *
 * export const ChangeOfAddress = () => applyDecorators(Post('address'), RequireRecentSignIn('5m'));
 * ```
 */
export const RequireRecentSignIn = (maxAge: Duration): CustomDecorator<symbol> => {
  const ms = durationMs(maxAge);
  if (ms === undefined || ms < LEAST_MS || ms > MOST_MS)
    throw new AuthConfigError(
      `@RequireRecentSignIn must be given a duration between 1s and 30d (got ${JSON.stringify(maxAge)})`,
    );
  return SetMetadata(RECENT_SIGN_IN, ms);
};
