import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';

// `Symbol.for`, here and beside the other decorators: two copies of the package in one process read the same metadata.
export const PUBLIC = Symbol.for('nestjs-aerie.public');

/** What `@Public` leaves behind. */
export type PublicMetadata = { readonly optional: boolean };

/** Options of `@Public`. */
export interface PublicOptions {
  /**
   * Whether a good credential still gives `@CurrentUser()`. A session cookie that is unknown, has ended or has expired gives
   * no user. An `Authorization` header that is not valid is refused with 401, and a store that is down is a 503. Responses get
   * `Vary: Cookie`, and `no-store` if a credential came. Default false: our guards skip authentication.
   */
  readonly optional?: boolean;
}

/**
 * Opens a handler, or every handler of a class, without a sign-in. The nearer decorator decides: a guard of ours, `@Roles`,
 * `@Scopes` or `@MaxStaleness` on a handler closes it in a class that is public.
 *
 * @throws AuthConfigError for an unknown option.
 * @example
 * ```ts
 * import { Get, applyDecorators } from '@nestjs/common';
 * import { Public } from 'nestjs-aerie';
 *
 * // A decorator for a page that greets a user who is signed in.
 * export const Home = () => applyDecorators(Get('/'), Public({ optional: true }));
 * ```
 */
export const Public = (options: PublicOptions = {}): CustomDecorator<symbol> => {
  const { optional = false, ...unknown } = options;
  if (typeof optional !== 'boolean' || Object.keys(unknown).length > 0)
    throw new AuthConfigError(`@Public takes { optional?: boolean } alone (got ${JSON.stringify(options)})`);
  return SetMetadata(PUBLIC, { optional } satisfies PublicMetadata);
};
