/**
 * What your application adds to a principal: declare your own members, and `accessTokens.claims` must return them.
 *
 * ```ts
 * declare module 'nestjs-aerie' { interface PrincipalProfile { email: string } }
 * ```
 */
// oxlint-disable-next-line no-empty-interface -- open for declaration merging
export interface PrincipalProfile {}

/** How a sign-in lives: by a session cookie, or by access and refresh tokens. */
export type SignInKind = 'session' | 'tokens';

/**
 * Who makes this request: what `@CurrentUser()` gives, the same for sessions and for access tokens. A class, because
 * a decorated parameter names it at run time; any object with these members is one.
 */
// oxlint-disable-next-line no-unsafe-declaration-merging -- abstract: nothing is left for it to initialise
export abstract class Principal {
  /** The subject: the id that your UserDirectory gave. */
  abstract readonly id: string;
  abstract readonly roles: readonly string[];
  abstract readonly scopes: readonly string[];
  /** The sign-in this request belongs to (`sid`); empty right after a password check, before anything was opened. */
  abstract readonly signInId: string;
  abstract readonly kind: SignInKind;
  /** When the person last proved who they are (`auth_time`, RFC 9068). */
  abstract readonly authenticatedAt: Date;
  /** How they proved it (`amr`, RFC 8176), such as `pwd` or `otp`. */
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
