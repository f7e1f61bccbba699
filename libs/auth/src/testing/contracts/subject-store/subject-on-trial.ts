import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { NewFamily } from '../../../refresh-tokens/refresh-token-family-store.js';
import type { NewSession } from '../../../sessions/session-store.js';
import type { AuthStores } from '../../../stores/auth-stores.js';
import { FamilyOnTrial } from '../refresh-token-family-store/family-on-trial.js';
import { SessionOnTrial } from '../session-store/session-on-trial.js';
import { aroundFamilies, aroundSessions, type StoreHarness } from '../store-harness.js';

/** A subject and their sign-ins, of both kinds. */
export class SubjectOnTrial {
  readonly stores: AuthStores;

  constructor(
    private readonly harness: StoreHarness,
    readonly id = `subject-${randomUUID()}`,
  ) {
    this.stores = harness.stores;
  }

  session(given: Partial<NewSession> = {}): Promise<SessionOnTrial> {
    return SessionOnTrial.open(aroundSessions(this.harness), { ...given, subject: this.id });
  }

  family(given: Partial<NewFamily> = {}): Promise<FamilyOnTrial> {
    return FamilyOnTrial.open(aroundFamilies(this.harness), { ...given, subject: this.id });
  }

  /** Some of each. */
  async signIns(): Promise<{ sessions: SessionOnTrial[]; families: FamilyOnTrial[]; ids: string[] }> {
    const sessions = [await this.session(), await this.session()];
    const families = [await this.family(), await this.family()];
    return { sessions, families, ids: [...sessions, ...families].map(({ id }) => id) };
  }

  /** When a sign-in has ended; null when it has not, or is not there. */
  async revokedAt(id: string): Promise<number | null> {
    const { sessions, families } = this.stores;
    const reading = (await sessions.read(id)) ?? (await families.read(id));
    return reading?.row.revokedAt ?? null;
  }

  async epoch(): Promise<number> {
    return (await this.stores.subjects.epochs(this.id)).epoch;
  }

  /** Ids of the sign-ins that are listed. */
  async listed(): Promise<string[]> {
    return (await this.stores.registry.list(this.id)).map(({ id }) => id);
  }

  /** Each has ended, and was announced once. */
  async haveEnded(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      assert.notEqual(await this.revokedAt(id), null);
      assert.equal(await this.harness.announced('sign_in', id), 1);
    }
  }

  /** Each is there, has not ended, and no revocation says so. */
  async live(ids: readonly string[]): Promise<void> {
    const listed = await this.listed();
    for (const id of ids) {
      assert.ok(listed.includes(id));
      assert.equal(await this.harness.announced('sign_in', id), 0);
    }
  }
}
