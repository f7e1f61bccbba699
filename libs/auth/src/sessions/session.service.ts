import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { equalInConstantTime } from '../crypto/constant-time.js';
import { SessionExpiredError, SessionInvalidError } from '../errors/auth-error.js';
import type { Requester } from '../principal/requester.js';
import { openedUnlessChanged } from '../subjects/opening-outcome.js';
import type { SignInLimit } from '../subjects/sign-in-limit.js';
import type { SubjectEpochs } from '../subjects/subject-store.js';
import type { Clock } from '../time/clock.js';
import type { ResolvedSessionOptions } from './session-options.js';
import type { SessionReading, SessionRow, SessionStore } from './session-store.js';
import { freshSessionToken, parseSessionToken, type SessionToken } from './session-token.js';

const REMEMBERED_TOUCHES = 10_000;

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

/** Sessions: opens them, finds the one that a cookie names, and keeps their idle limit moving. */
export class SessionService {
  private readonly logger = new Logger('AuthModule');
  /** Writes of activity that have not come back yet. */
  private readonly touching = new Map<string, Promise<void>>();

  constructor(
    private readonly store: SessionStore,
    private readonly options: ResolvedSessionOptions,
    private readonly clock: Clock,
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

  /** The live session of a cookie's value. Throws SessionInvalidError, SessionExpiredError, StoreUnavailableError. */
  async resolve(value: unknown): Promise<SessionRow> {
    const token = parseSessionToken(value);
    if (!token) throw new SessionInvalidError();
    const sent = this.clock.monotonic();
    const reading = await this.store.read(token.sessionId);
    if (!reading || !isHeldBy(reading.row, token)) throw new SessionInvalidError();
    const { row, now, globalEpochNow } = reading;
    if (row.revokedAt !== null || row.globalEpoch < globalEpochNow) throw new SessionInvalidError();
    if (now >= row.expiresAt || now >= row.idleExpiresAt) throw new SessionExpiredError();
    this.touch(reading, now + (this.clock.monotonic() - sent));
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

  /** Waits for activity that is still being written. */
  async flush(): Promise<void> {
    await Promise.all(this.touching.values());
  }

  /** Writes the activity behind the answer, at most once in `touchInterval`: it never delays or fails a request. */
  private touch({ row }: SessionReading, at: number): void {
    const { idleMs, touchIntervalMs } = this.options;
    if (
      at - row.seenAt < touchIntervalMs ||
      this.touching.has(row.id) ||
      this.touching.size >= REMEMBERED_TOUCHES
    )
      return;
    const instant = Math.floor(at);
    const touch = this.store
      .touch(row.id, instant, instant + idleMs + touchIntervalMs)
      .catch((error: unknown) => {
        this.logger.warn(
          `an activity was not written: ${error instanceof Error ? error.message : 'unknown'}`,
        );
      })
      .finally(() => this.touching.delete(row.id));
    this.touching.set(row.id, touch);
  }
}

function isHeldBy(row: SessionRow, token: SessionToken): boolean {
  return equalInConstantTime(Buffer.from(row.secretHash, 'hex'), Buffer.from(token.secretHash, 'hex'));
}
