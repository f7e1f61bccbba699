import { randomUUID } from 'node:crypto';
import type { Requester } from '../principal/requester.js';
import { derivedFrom, type GivenSignIn } from '../subjects/given-sign-in.js';
import { openedUnlessChanged } from '../subjects/opening-outcome.js';
import type { SignInLimit } from '../subjects/sign-in-limit.js';
import type { SubjectEpochs } from '../subjects/subject-store.js';
import type { SessionResolver } from './session-resolver.js';
import type { ResolvedSessionOptions } from './session-options.js';
import type { SessionRenewal, SessionRow, SessionStore } from './session-store.js';
import type { SessionToken, SessionTokenCodec } from './session-token.js';

export interface SessionOpening {
  readonly epochs: SubjectEpochs;
  readonly methods: readonly string[];
  readonly scopes: readonly string[] | null;
  readonly label: string | null;
  readonly limit: SignInLimit | null;
  readonly given?: GivenSignIn;
}

export interface OpenedSession {
  readonly id: string;
  /** The cookie's value. */
  readonly token: string;
  readonly secretHash: string;
  readonly now: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  /** Sign-ins that the subject's limit ended for this one. */
  readonly ended: readonly string[];
}

/** Opens sessions, finds the session that a cookie names, and gives sessions new secrets. */
export class SessionService {
  constructor(
    private readonly store: SessionStore,
    private readonly codec: SessionTokenCodec,
    private readonly finder: SessionResolver,
    private readonly options: ResolvedSessionOptions,
  ) {}

  /** `undefined` if the subject changed after its epochs were read. Throws SignInLimitError, StoreUnavailableError. */
  async open(
    { given, ...opening }: SessionOpening,
    { ip, userAgent }: Requester,
  ): Promise<OpenedSession | undefined> {
    const {
      token,
      sessionId: id,
      secretHash,
    } = given ? this.codec.of(given.id, given.secret) : this.codec.fresh(randomUUID());
    const { idleMs, absoluteMs, touchIntervalMs } = this.options;
    const made = { id, secretHash, ip, userAgent, absoluteMs, idleMs: idleMs + touchIntervalMs };
    const since = given && derivedFrom(given);
    const opened = openedUnlessChanged(await this.store.open({ ...opening, ...made, ...since }));
    if (!opened) return undefined;
    const { now, idleExpiresAt, expiresAt, ended } = opened;
    return { id, token, secretHash, now, idleExpiresAt, expiresAt, ended };
  }

  /** Whether a value has the form and the tag of our tokens; no query is needed. */
  isTagged(value: unknown): boolean {
    return this.codec.parse(value) !== undefined;
  }

  /** As `SessionResolver.cached`: without waiting, or `undefined`. */
  cached(value: unknown, maxStalenessMs: number | null = null): SessionRow | undefined {
    return this.finder.cached(value, maxStalenessMs);
  }

  /** As `SessionResolver.resolve`. Throws SessionInvalidError, SessionExpiredError, StoreUnavailableError. */
  resolve(value: unknown, maxStalenessMs: number | null = null): Promise<SessionRow> {
    return this.finder.resolve(value, maxStalenessMs);
  }

  /** Gives a session its new secret: the former cookie is dead at once. Whether it had the former one, and was live. */
  renewBy(renewal: SessionRenewal, authenticated: { readonly methods: readonly string[] }): Promise<boolean> {
    return this.store.renew({ ...renewal, authenticated });
  }

  /**
   * A new secret for a session whose cookie was checked before, and its row now; null if the subject has no such session.
   * `secretHash`: the hash of the secret it had then; without it, of the secret it has now.
   */
  async renewalOf(
    id: string,
    subject: string,
    secretHash?: string,
  ): Promise<{ renewal: SessionRenewal; next: SessionToken; row: SessionRow; now: number } | null> {
    const reading = await this.store.read(id);
    if (reading?.row.subject !== subject) return null;
    const { row, now } = reading;
    const next = this.codec.fresh(id);
    const shown = secretHash ?? row.secretHash;
    const renewal = { id, secretHash: shown, nextSecretHash: next.secretHash, authenticated: null };
    return { renewal, next, row, now };
  }
}
