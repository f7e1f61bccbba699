import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { NewSession, SessionReading } from '../../../sessions/session-store.js';
import type { SubjectEpochs } from '../../../subjects/subject-store.js';
import type { SessionStoreHarness } from '../store-harness.js';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export const randomSecretHash = (): string => randomBytes(32).toString('hex');

export function newSession(epochs: SubjectEpochs, given: Partial<NewSession> = {}): NewSession {
  return {
    epochs,
    id: randomUUID(),
    secretHash: randomSecretHash(),
    idleMs: 30 * MINUTE,
    absoluteMs: 12 * HOUR,
    methods: ['pwd'],
    scopes: null,
    ip: '192.0.2.1',
    userAgent: 'browser',
    label: null,
    limit: null,
    ...given,
  };
}

/** A session, and the secret that its browser would hold. */
export class SessionOnTrial {
  private constructor(
    private readonly harness: SessionStoreHarness,
    readonly id: string,
    readonly subject: string,
    readonly secretHash: string,
  ) {}

  static async open(
    harness: SessionStoreHarness,
    { subject = randomUUID(), ...given }: Partial<NewSession> & { readonly subject?: string } = {},
  ): Promise<SessionOnTrial> {
    const session = newSession(await harness.epochs(subject), given);
    assert.equal((await harness.store.open(session)).opened, true);
    return new SessionOnTrial(harness, session.id, subject, session.secretHash);
  }

  async read(): Promise<SessionReading> {
    const reading = await this.harness.store.read(this.id);
    assert.ok(reading, 'the session must still be there');
    return reading;
  }

  renew(
    secretHash: string,
    nextSecretHash: string,
    authenticated: { readonly methods: readonly string[] } | null = null,
  ): Promise<boolean> {
    return this.harness.store.renew({ id: this.id, secretHash, nextSecretHash, authenticated });
  }

  age(ms: number): Promise<void> {
    return this.harness.age(this.id, ms);
  }
}
