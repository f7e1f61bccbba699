/**
 * The members that your application adds to a principal. Declare them here, and return them from `accessTokens.claims`.
 *
 * ```ts
 * declare module 'nestjs-aerie' { interface PrincipalProfile { email: string } }
 * ```
 */
// oxlint-disable-next-line no-empty-interface -- open for declaration merging
export interface PrincipalProfile {}

/** The kind of a sign-in: a session cookie, or access and refresh tokens. */
export type SignInKind = 'session' | 'tokens';

/**
 * The signed-in user of a request, as `@CurrentUser()` gives it: the same for sessions and for access tokens. It is a class,
 * because a decorated parameter names it at run time. Any object with these members is a Principal.
 */
// oxlint-disable-next-line no-unsafe-declaration-merging -- abstract: nothing is left for it to initialise
export abstract class Principal {
  /** The subject: the id that your UserDirectory gave. */
  abstract readonly id: string;
  abstract readonly roles: readonly string[];
  abstract readonly scopes: readonly string[];
  /** The sign-in of this request (`sid`). Empty right after a password check, before a sign-in was opened. */
  abstract readonly signInId: string;
  abstract readonly kind: SignInKind;
  /** When the user last authenticated (`auth_time`, RFC 9068). */
  abstract readonly authenticatedAt: Date;
  /** How the user authenticated (`amr`, RFC 8176), such as `pwd` or `otp`. */
  abstract readonly methods: readonly string[];
}

export interface Principal extends PrincipalProfile {}

/** Names that a profile may not use. */
export const PRINCIPAL_NAMES: ReadonlySet<string> = new Set([
  'id',
  'roles',
  'scopes',
  'signInId',
  'kind',
  'authenticatedAt',
  'methods',
]);
