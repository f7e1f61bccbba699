import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';

// `Symbol.for`, here and beside the other decorators: two copies of the package in one process read the same metadata.
export const PUBLIC = Symbol.for('nestjs-aerie.public');

/** What `@Public` leaves behind. */
export type PublicMetadata = { readonly optional: boolean };

/** Options of `@Public`. */
export interface PublicOptions {
  /**
   * Whether a good credential gives the user all the same. A session cookie that has ended, has expired or is unknown
   * gives none; an `Authorization` header that is no good is refused with 401, and a store that is down with 503. RequestMemo
   * get `Vary: Cookie`, and `no-store` where a credential came. Default false: no guard of ours looks.
   */
  readonly optional?: boolean;
}

/**
 * Opens a handler, or every handler of a class, to everybody. The nearer decides: a guard of ours, `@Roles`, `@Scopes` or
 * `@MaxStaleness` on a handler closes it again in a class that is public. Throws AuthConfigError for an unknown option.
 */
export const Public = (options: PublicOptions = {}): CustomDecorator<symbol> => {
  const { optional = false, ...unknown } = options;
  if (typeof optional !== 'boolean' || Object.keys(unknown).length > 0)
    throw new AuthConfigError(`@Public takes { optional?: boolean } alone (got ${JSON.stringify(options)})`);
  return SetMetadata(PUBLIC, { optional } satisfies PublicMetadata);
};
