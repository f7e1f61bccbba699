import { isUuid } from '../crypto/uuid.js';
import type { Principal } from '../principal/principal.js';
import type { RefreshTokenFamilyStore } from '../refresh-tokens/refresh-token-family-store.js';
import type { SessionStore } from '../sessions/session-store.js';

type Scopes = readonly string[];

/** What a sign-in is narrowed to; null: it has all scopes of its subject, those that are added later too. */
export class SignInScopes {
  constructor(
    private readonly families: Pick<RefreshTokenFamilyStore, 'read'>,
    private readonly sessions: Pick<SessionStore, 'read'>,
  ) {}

  /** The scopes that a principal's own sign-in was narrowed to. Throws StoreUnavailableError. */
  async of({ id, signInId, scopes }: Principal): Promise<Scopes | null> {
    if (!isUuid(signInId)) return null;
    const reading = (await this.families.read(signInId)) ?? (await this.sessions.read(signInId));
    // A sign-in that is gone tells nothing: then the principal has what it holds, and no more.
    return reading?.row.subject === id ? reading.row.scopes : scopes;
  }
}

/** What is left of a principal's scopes, where it holds fewer than its subject has; null: it holds all. */
export function narrowedByHand({ scopes }: Principal, all: Scopes): Scopes | null {
  return all.every((scope) => scopes.includes(scope)) ? null : scopes;
}

/** The scopes that are in every list; null lists are no limit. */
export function commonScopes(...limits: readonly (Scopes | null)[]): Scopes | null {
  const [first, ...others] = limits.filter((limit) => limit !== null);
  return first?.filter((scope) => others.every((other) => other.includes(scope))) ?? null;
}
