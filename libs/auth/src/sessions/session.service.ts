import { randomUUID } from 'node:crypto';
import { equalInConstantTime } from '../crypto/constant-time.js';
import { SessionExpiredError, SessionInvalidError } from '../errors/auth-error.js';
import type { Requester } from '../principal/requester.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import { openedUnlessChanged } from '../subjects/opening-outcome.js';
import type { SignInLimit } from '../subjects/sign-in-limit.js';
import type { SubjectEpochs } from '../subjects/subject-store.js';
import type { Clock } from '../time/clock.js';
import type { StoreClock } from '../time/store-clock.js';
import type { NearSessions } from './near-sessions.js';
import type { SessionActivity } from './session-activity.js';
import type { ResolvedSessionOptions } from './session-options.js';
import type { SessionRow, SessionStore } from './session-store.js';
import { freshSessionToken, parseSessionToken, type SessionToken } from './session-token.js';

/** A poll that takes longer is not waited for: the table is asked, and nobody waits for the database twice. */
const POLL_PATIENCE_MS = 500;

export interface SessionOpening {
  readonly epochs: SubjectEpochs;
  readonly methods: readonly string[];
  readonly scopes: readonly string[] | null;
  readonly label: string | null;
  readonly limit: SignInLimit | null;
}

export interface OpenedSession {
  readonly id: string;
  /** The cookie's value. */
  readonly token: string;
  readonly now: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  /** Sign-ins that the subject's limit has ended for it. */
  readonly ended: readonly string[];
}

/** Sessions: opens them, finds the one that a cookie names, and notes its activity. */
export class SessionService {
  constructor(
    private readonly store: SessionStore,
    private readonly near: NearSessions,
    private readonly activity: SessionActivity,
    /** Null: nobody follows the changes. */
    private readonly feed: RevocationFeed | null,
    private readonly options: ResolvedSessionOptions,
    private readonly clock: Clock,
    private readonly storeClock: StoreClock,
  ) {}

  /** `undefined` when the subject changed since its epochs were read. Throws SignInLimitError, StoreUnavailableError. */
  async open(opening: SessionOpening, { ip, userAgent }: Requester): Promise<OpenedSession | undefined> {
    const { token, sessionId: id, secretHash } = freshSessionToken(randomUUID());
    const { idleMs, absoluteMs, touchIntervalMs } = this.options;
    const made = { id, secretHash, ip, userAgent, absoluteMs, idleMs: idleMs + touchIntervalMs };
    const opened = openedUnlessChanged(await this.store.open({ ...opening, ...made }));
    if (!opened) return undefined;
    const { now, idleExpiresAt, expiresAt, ended } = opened;
    return { id, token, now, idleExpiresAt, expiresAt, ended };
  }

  /**
   * The live session of a cookie's value, if that can be told without waiting; the same object for as long as it is
   * remembered. `undefined`: ask `resolve`.
   */
  remembered(value: unknown, maxStalenessMs: number | null = null): SessionRow | undefined {
    const near = this.near.find(value, maxStalenessMs);
    if (near) this.activity.note(near, this.storeClock.steady()!);
    return near?.row;
  }

  /**
   * The live session of a cookie's value: remembered, or read of the table. `maxStalenessMs`: how old the knowledge may
   * be; null: as the options say; 0: the table. Throws SessionInvalidError, SessionExpiredError, StoreUnavailableError.
   */
  async resolve(value: unknown, maxStalenessMs: number | null = null): Promise<SessionRow> {
    const token = parseSessionToken(value);
    if (!token) throw new SessionInvalidError();
    // What is stale can be made fresh, for all sessions at once, by one small poll.
    if (maxStalenessMs !== 0) await this.feed?.freshen(maxStalenessMs, POLL_PATIENCE_MS);
    return this.remembered(value, maxStalenessMs) ?? this.read(token);
  }

  private async read(token: SessionToken): Promise<SessionRow> {
    const knowing = this.near.knowledge();
    const sent = this.clock.monotonic();
    const reading = await this.store.read(token.sessionId);
    if (!reading || !isHeldBy(reading.row, token)) throw new SessionInvalidError();
    const { row, now, globalEpochNow } = reading;
    // Written so that what is not a number refuses.
    if (row.revokedAt !== null || !(row.globalEpoch >= globalEpochNow)) throw new SessionInvalidError();
    if (!(now < row.expiresAt && now < row.idleExpiresAt)) throw new SessionExpiredError();
    const near = this.near.keep(token.token, reading, knowing);
    this.activity.note(near, now + (this.clock.monotonic() - sent));
    return row;
  }

  /** A new secret for the session that a cookie names: the former cookie is dead at once. Throws SessionInvalidError. */
  async renew(
    value: unknown,
    authenticated: { readonly methods: readonly string[] } | null,
  ): Promise<SessionToken> {
    const { token, next } = this.renewal(value);
    const renewal = { id: token.sessionId, secretHash: token.secretHash, nextSecretHash: next.secretHash };
    if (!(await this.store.renew({ ...renewal, authenticated }))) throw new SessionInvalidError();
    return next;
  }

  /** The token that a cookie's value is, and the one to replace it by. Throws SessionInvalidError. */
  renewal(value: unknown): { token: SessionToken; next: SessionToken } {
    const token = parseSessionToken(value);
    if (!token) throw new SessionInvalidError();
    return { token, next: freshSessionToken(token.sessionId) };
  }
}

function isHeldBy(row: SessionRow, token: SessionToken): boolean {
  return equalInConstantTime(Buffer.from(row.secretHash, 'hex'), Buffer.from(token.secretHash, 'hex'));
}
