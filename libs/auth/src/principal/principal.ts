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

/** Who makes this request: what `@CurrentUser()` gives, the same for sessions and for access tokens. */
export interface Principal extends PrincipalProfile {
  /** The subject: the id that your UserDirectory gave. */
  readonly id: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** The sign-in this request belongs to (`sid`); empty right after a password check, before anything was opened. */
  readonly signInId: string;
  readonly kind: SignInKind;
  /** When the person last proved who they are (`auth_time`, RFC 9068). */
  readonly authenticatedAt: Date;
  /** How they proved it (`amr`, RFC 8176), such as `pwd` or `otp`. */
  readonly methods: readonly string[];
}

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
