import { ScopeInvalidError, TargetInvalidError } from '../../../errors/auth-error.js';
import { isScope } from './client-registration.js';

/** What a client asks a token for. */
export interface AskedTarget {
  /** Null: the only one that it has. */
  readonly audience: string | null;
  /** Null: all of them. */
  readonly scopes: readonly string[] | null;
}

/** The scopes of a `scope` parameter (RFC 6749, section 3.3), each once. Throws ScopeInvalidError. */
export function scopesOf(parameter: string): readonly string[] {
  const scopes = parameter.split(' ');
  if (!scopes.every(isScope)) throw new ScopeInvalidError();
  return [...new Set(scopes)];
}

/** The audience that a token is to be for. Throws TargetInvalidError. */
export function allowedAudience(asked: string | null, audiences: readonly string[]): string {
  const audience = asked ?? (audiences.length === 1 ? audiences[0]! : null);
  if (audience === null || !audiences.includes(audience)) throw new TargetInvalidError();
  return audience;
}

/** The scopes that a token is to have. Throws ScopeInvalidError for more than may be asked for. */
export function allowedScopes(asked: readonly string[] | null, scopes: readonly string[]): readonly string[] {
  if (asked === null) return scopes;
  if (!asked.every((scope) => scopes.includes(scope))) throw new ScopeInvalidError();
  return asked;
}
