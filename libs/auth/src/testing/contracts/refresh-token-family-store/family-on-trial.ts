import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type {
  FamilyReading,
  NewFamily,
  RekeyAttempt,
  RekeyOutcome,
  RotationAttempt,
  RotationOutcome,
} from '../../../refresh-tokens/refresh-token-family-store.js';
import type { RefreshTokenFamilyStoreHarness } from '../store-harness.js';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const RULES: RotationAttempt['rules'] = {
  replayWindowMs: 30 * SECOND,
  lateRetryMs: HOUR,
  replayBinding: 'none',
  acceptAheadUntil: null,
};

/** A token, as a store knows it. */
export interface TrialToken {
  readonly generation: number;
  readonly hash: string;
}

/** What a case may say of a presentation; the rest is usual. */
export interface Presenting extends Partial<Omit<RotationAttempt, 'presented' | 'rules'>> {
  readonly attemptHash?: string | null;
  readonly userAgent?: string | null;
  readonly rules?: Partial<RotationAttempt['rules']>;
}

type Kind = RotationOutcome['kind'];
export type Outcome<K extends Kind> = Extract<RotationOutcome, { kind: K }>;

export const randomHash = (): string => randomBytes(32).toString('hex');
export const randomSalt = (): string => randomBytes(16).toString('hex');

/** A family, and the tokens that its client would hold. */
export class FamilyOnTrial {
  private constructor(
    private readonly harness: RefreshTokenFamilyStoreHarness,
    readonly id: string,
    readonly subject: string,
    readonly first: TrialToken,
  ) {}

  static async open(
    harness: RefreshTokenFamilyStoreHarness,
    given: Partial<NewFamily> & { readonly subject?: string } = {},
  ): Promise<FamilyOnTrial> {
    const { subject = `subject-${randomUUID()}`, ...rest } = given;
    const family = newFamily({ epochs: await harness.epochs(subject), ...rest });
    assert.equal((await harness.store.open(family)).opened, true);
    return new FamilyOnTrial(harness, family.id, subject, { generation: 0, hash: family.currentHash });
  }

  /** An attempt to exchange a token; its successor is `successorOf(attempt)`. */
  attempt(token: TrialToken, presenting: Presenting = {}): RotationAttempt {
    const { attemptHash = null, userAgent = 'browser', rules, ...rest } = presenting;
    return {
      familyId: this.id,
      subject: this.subject,
      presented: { generation: token.generation, hash: token.hash, attemptHash, userAgent },
      successorHash: randomHash(),
      salt: randomSalt(),
      idleMs: 14 * DAY,
      rules: { ...RULES, ...rules },
      onReuse: 'revoke-family',
      ip: '192.0.2.1',
      waitedMs: () => 0,
      ...rest,
    };
  }

  present(token: TrialToken, presenting?: Presenting): Promise<RotationOutcome> {
    return this.harness.store.rotate(this.attempt(token, presenting));
  }

  /** Presents a token, which must have the outcome of that kind. */
  async expect<K extends Kind>(
    kind: K,
    token: TrialToken,
    presenting?: Presenting,
  ): Promise<Outcome<K> & { readonly attempt: RotationAttempt }> {
    const attempt = this.attempt(token, presenting);
    const outcome = await this.harness.store.rotate(attempt);
    assert.equal(outcome.kind, kind);
    return { ...(outcome as Outcome<K>), attempt };
  }

  /** Rotates the current token, and gives its successor. */
  async rotate(token: TrialToken, presenting?: Presenting): Promise<TrialToken> {
    return successorOf((await this.expect('rotated', token, presenting)).attempt);
  }

  rekey(
    token: TrialToken,
    authenticated: RekeyAttempt['authenticated'] = null,
    presenting?: Presenting,
  ): Promise<{ outcome: RekeyOutcome; next: TrialToken }> {
    const attempt = { ...this.attempt(token, presenting), authenticated };
    return this.harness.store.rekey(attempt).then((outcome) => ({
      outcome,
      next: { generation: token.generation + 1, hash: attempt.successorHash },
    }));
  }

  async read(): Promise<FamilyReading> {
    const reading = await this.harness.store.read(this.id);
    assert.ok(reading, 'the family must still be there');
    return reading;
  }

  age(ms: number): Promise<void> {
    return this.harness.age(this.id, ms);
  }

  /** Ended for this reason, and announced once. */
  async hasEnded(reason: string): Promise<void> {
    const { row } = await this.read();
    assert.notEqual(row.revokedAt, null);
    assert.equal(row.revokedReason, reason);
    assert.equal(await this.harness.endingsAnnounced(this.id), 1);
  }

  /** Neither ended nor announced. */
  async lives(): Promise<void> {
    assert.equal((await this.read()).row.revokedAt, null);
    assert.equal(await this.harness.endingsAnnounced(this.id), 0);
  }
}

export function successorOf({ presented, successorHash }: RotationAttempt): TrialToken {
  return { generation: presented.generation + 1, hash: successorHash };
}

export function newFamily(given: Partial<NewFamily> & Pick<NewFamily, 'epochs'>): NewFamily {
  return {
    id: randomUUID(),
    currentHash: randomHash(),
    salt: randomSalt(),
    idleMs: 14 * DAY,
    absoluteMs: 30 * DAY,
    methods: ['pwd'],
    scopes: null,
    ip: '192.0.2.1',
    userAgent: 'browser',
    label: null,
    limit: null,
    ...given,
  };
}

/** The outcome kinds of many calls, and how often each. */
export function tally(outcomes: readonly { readonly kind: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
