import type { RevocationIndex } from '../revocation/revocation-index.js';
import type { LiveSignIn } from './live-sign-in.js';

/** What a revocation may name of a credential; null: nothing of that kind. */
export interface CredentialNames {
  readonly signIn: string | null;
  readonly subject: string | null;
  readonly token: string | null;
  readonly client: string | null;
}

/** A credential that open connections depend on: an access token, a service token or a session. */
export abstract class WatchedCredential {
  /** The connections that end with it. */
  readonly lives = new Set<LiveSignIn>();

  /** `principal`: what it was given as. */
  constructor(readonly principal: object) {}

  abstract readonly names: CredentialNames;
  /** When it ends at the latest, or must be asked about again: epoch milliseconds of this process. */
  abstract readonly dueAt: number;

  /**
   * What memory says. Throws the AuthError of a request with this credential, if memory knows that it has ended. Returns whether
   * it must be asked about all the same. `index`: null without a feed.
   */
  abstract refuseIfKnown(index: RevocationIndex | null): boolean;

  /** What a credential is at `dueAt`. Throws if it has expired by then; otherwise `ask` moves `dueAt`. */
  abstract refuseIfExpired(): void;

  /**
   * Asks about it as a request would. Throws the AuthError of a request with this credential. `maxStalenessMs`: the highest age
   * of the answer; null: as the options say.
   */
  abstract ask(maxStalenessMs: number | null): Promise<void>;
}
