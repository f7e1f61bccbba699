import { randomUUID } from 'node:crypto';
import type { SecurityEventSink } from '../audit/security-event.js';
import { RefreshTokenInvalidError, StoreUnavailableError } from '../errors/auth-error.js';
import { isSameClient } from '../principal/address.js';
import type { Requester } from '../principal/requester.js';
import { derivedFrom, type GivenSignIn } from '../subjects/given-sign-in.js';
import { openedUnlessChanged } from '../subjects/opening-outcome.js';
import type { SignInLimit } from '../subjects/sign-in-limit.js';
import type { SubjectEpochs } from '../subjects/subject-store.js';
import type {
  FamilyReading,
  FamilyReplacement,
  FamilyRow,
  RefreshTokenFamilyStore,
  RekeyAttempt,
  RekeyOutcome,
  RotationAttempt,
} from './refresh-token-family-store.js';
import type { ResolvedRefreshTokenOptions } from './refresh-token-options.js';
import { attemptHash, type RefreshToken, type RefreshTokenCodec } from './refresh-token-codec.js';
import { decideRotation } from './rotation-decision.js';
import { reportRefusal, reportReuse, type Refused } from './refresh-token-events.js';
import { deathOf } from './family-transitions.js';

const SUSPICIOUS_GENERATIONS = 3;

/** A refresh token to hand out, and how long it is good for, in milliseconds. */
export interface HeldRefreshToken {
  readonly token: string;
  readonly idleLeftMs: number;
}

export interface OpenedFamily extends HeldRefreshToken {
  readonly id: string;
  readonly now: number;
  /** Sign-ins that the subject's limit has ended for it. */
  readonly ended: readonly string[];
}

/** What was read of a family that may still be alive: its subject was not erased. */
export interface LiveReading extends FamilyReading {
  readonly subjectEpochNow: number;
  /** When the request arrived, by the store's clock: told by the read, before anything else was waited for. */
  readonly arrivedAt: number;
}

export interface FamilyOpening {
  readonly epochs: SubjectEpochs;
  readonly methods: readonly string[];
  readonly scopes: readonly string[] | null;
  readonly label: string | null;
  readonly limit: SignInLimit | null;
  readonly given?: GivenSignIn;
}

/** Families of refresh tokens: opens them, presents tokens to them, and says what came of it. */
export class RefreshTokenService {
  constructor(
    private readonly store: RefreshTokenFamilyStore,
    private readonly codec: RefreshTokenCodec,
    private readonly options: ResolvedRefreshTokenOptions,
    private readonly events: SecurityEventSink,
  ) {}

  /** `undefined` when the subject changed since its epochs were read. Throws SignInLimitError, StoreUnavailableError. */
  async open(family: FamilyOpening, { ip, userAgent }: Requester): Promise<OpenedFamily | undefined> {
    const { given, ...opening } = family;
    const id = given?.id ?? randomUUID();
    const first = given ? this.codec.first(id, given.secret) : this.codec.fresh(id, 0);
    const { idleMs, absoluteMs } = this.options;
    const made = { id, currentHash: first.hash, salt: first.salt, idleMs, absoluteMs, ip, userAgent };
    const since = given && derivedFrom(given);
    const opened = openedUnlessChanged(await this.store.open({ ...opening, ...made, ...since }));
    if (!opened) return undefined;
    const { now, idleExpiresAt, ended } = opened;
    return { id, token: first.token, now, idleLeftMs: idleExpiresAt - now, ended };
  }

  /** Checks a token's form and tag: no query. Throws RefreshTokenInvalidError. */
  parse(value: unknown, requester: Requester): RefreshToken {
    const token = this.codec.parse(value);
    if (!token) throw this.refused({ kind: 'malformed' }, null, requester);
    return token;
  }

  /** The token's family, if it may still be alive. Decides nothing about the token. Throws RefreshTokenInvalidError. */
  async read(token: RefreshToken, requester: Requester): Promise<LiveReading> {
    const reading = await this.store.read(token.familyId);
    const waited = requester.waitedMs?.() ?? 0;
    const dead = reading === null ? 'unknown' : deathOf(reading, waited);
    if (dead) throw this.refused({ kind: dead }, token, requester, reading?.row);
    const live = reading as FamilyReading & { subjectEpochNow: number };
    return { ...live, arrivedAt: live.now - waited };
  }

  /**
   * The guarded statement: it alone decides. Gives the token to hand out, or throws RefreshTokenInvalidError after
   * what had to be revoked was revoked.
   */
  async rotate(
    token: RefreshToken,
    reading: LiveReading,
    idempotencyKey: string | null,
    requester: Requester,
  ): Promise<HeldRefreshToken> {
    if (requester.hasLeft?.())
      throw new StoreUnavailableError({ cause: new Error('the client has hung up') });
    const successor = this.codec.successor(token);
    const keyed = idempotencyKey === null ? null : attemptHash(token, idempotencyKey);
    const attempt = this.attempt(token, reading.row.subject, successor, keyed, requester);
    // Told by the read already: no row is locked for a token that was replayed too often.
    const { kind } = decideRotation(reading.row, attempt.presented, reading.arrivedAt, attempt.rules);
    if (kind === 'superseded') throw this.refused({ kind }, token, requester, reading.row);
    const outcome = await this.store.rotate(attempt);
    const { row, now } = reading;
    const who = { ...signInOf(row), ...from(requester) };
    switch (outcome.kind) {
      case 'rotated':
      case 'caught_up': {
        const generation = successor.generation;
        if (outcome.kind === 'rotated') this.events.record({ type: 'token_rotated', generation, ...who });
        else this.events.record({ type: 'family_caught_up', generations: outcome.distance, ...who });
        // From the read's clock: a little early, never late.
        return { token: successor.token, idleLeftMs: this.idleLeftMs(reading) };
      }
      case 'retried_late':
        this.events.record({ type: 'token_retried_late', ageMs: outcome.ageMs, ...who });
        return { token: successor.token, idleLeftMs: outcome.idleExpiresAt - now };
      case 'replayed': {
        const { holder, ageMs, foreignReplays } = outcome;
        const same = this.codec.rederive(token, outcome.salt, outcome.currentHash);
        if (!same) throw this.refused({ kind: 'desynchronised', distance: 1 }, token, requester, row);
        const sameIp = isSameClient(holder.ip, requester.ip);
        const sameUserAgent = holder.userAgent === requester.userAgent;
        this.events.record({ type: 'token_replayed', ageMs, sameIp, sameUserAgent, ...who });
        if (foreignReplays >= SUSPICIOUS_GENERATIONS) {
          this.events.record({ type: 'replay_suspicious', generations: foreignReplays, ...who });
        }
        return { token: same.token, idleLeftMs: outcome.idleExpiresAt - now };
      }
      case 'reused':
        reportReuse(this.events, outcome, row, requester);
        throw new RefreshTokenInvalidError('reused');
      default:
        throw this.refused(outcome, token, requester, row);
    }
  }

  /** How long a family lives without another refresh, once its token was exchanged; by the clock of its reading. */
  idleLeftMs({ row, now }: FamilyReading): number {
    return Math.min(this.options.idleMs, row.expiresAt - now);
  }

  /** A re-keying to attempt, and the token it would hand out. */
  rekeyAttempt(
    token: RefreshToken,
    row: FamilyRow,
    authenticated: RekeyAttempt['authenticated'],
    requester: Requester,
  ): { attempt: RekeyAttempt; held: RefreshToken } {
    const fresh = this.codec.fresh(token.familyId, token.generation + 1);
    return {
      held: fresh,
      attempt: { ...this.attempt(token, row.subject, fresh, null, requester), authenticated },
    };
  }

  /** A family to take the place of another one, whose refresh token was not shown, and its first token. */
  replacement(
    replaces: string,
    subject: string,
    { ip, userAgent }: Requester,
  ): { replacement: FamilyReplacement; held: RefreshToken } {
    const held = this.codec.fresh(randomUUID(), 0);
    const { familyId: id, hash: currentHash, salt } = held;
    const { idleMs } = this.options;
    return { held, replacement: { replaces, subject, id, currentHash, salt, idleMs, ip, userAgent } };
  }

  /** Replaces the current token by one of a new secret. Throws RefreshTokenInvalidError. */
  async rekey(
    token: RefreshToken,
    row: FamilyRow,
    authenticated: RekeyAttempt['authenticated'],
    requester: Requester,
  ): Promise<{ held: HeldRefreshToken; row: FamilyRow }> {
    const { attempt, held } = this.rekeyAttempt(token, row, authenticated, requester);
    return this.rekeyed(await this.store.rekey(attempt), held, row, requester);
  }

  /** What a re-keying came to. Throws RefreshTokenInvalidError. */
  rekeyed(
    outcome: RekeyOutcome,
    fresh: RefreshToken,
    row: FamilyRow,
    requester: Requester,
  ): { held: HeldRefreshToken; row: FamilyRow } {
    if (outcome.kind === 'reused') {
      reportReuse(this.events, outcome, row, requester);
      throw new RefreshTokenInvalidError('reused');
    }
    if (outcome.kind !== 'rekeyed') throw this.refused(outcome, fresh, requester, row);
    return {
      held: { token: fresh.token, idleLeftMs: outcome.idleExpiresAt - outcome.now },
      row: outcome.row,
    };
  }

  private attempt(
    token: RefreshToken,
    subject: string,
    next: { readonly hash: string; readonly salt: string },
    keyed: string | null,
    requester: Requester,
  ): RotationAttempt {
    const { idleMs, onReuse } = this.options;
    const { generation, hash } = token;
    return {
      familyId: token.familyId,
      subject,
      presented: { generation, hash, attemptHash: keyed, userAgent: requester.userAgent },
      successorHash: next.hash,
      salt: next.salt,
      idleMs,
      onReuse,
      rules: this.options,
      ip: requester.ip,
      waitedMs: requester.waitedMs ?? (() => 0),
    };
  }

  private refused(
    outcome: Refused,
    token: RefreshToken | null,
    requester: Requester,
    row?: FamilyRow,
  ): RefreshTokenInvalidError {
    reportRefusal(this.events, outcome, token?.familyId ?? null, requester, row);
    return new RefreshTokenInvalidError(outcome.kind);
  }
}

function signInOf(row: FamilyRow): { subject: string; signInId: string } {
  return { subject: row.subject, signInId: row.id };
}

function from({ ip, userAgent }: Requester): { ip: string | null; userAgent: string | null } {
  return { ip, userAgent };
}
