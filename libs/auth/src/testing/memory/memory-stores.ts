import type { RevocationEventKind } from '../../revocation/revocation-event.js';
import { MemoryAttemptStore } from '../../attempts/memory-attempt-store.js';
import { AuthStores } from '../../stores/auth-stores.js';
import type { FeatureStore, MemoryAccess } from '../../stores/feature-store.js';
import { MemoryRevocationLog } from './memory-revocation-log.js';
import { MemoryRefreshTokenFamilyStore } from './memory-refresh-token-family-store.js';
import { MemorySessionStore } from './memory-session-store.js';
import { MemorySignInLookup } from './memory-sign-in-lookup.js';
import { MemoryLinkedSignIns } from './memory-linked-sign-ins.js';
import { MemoryConcurrentSignIns } from './memory-concurrent-sign-ins.js';
import { MemorySignInRegistry } from './memory-sign-in-registry.js';
import { MemorySubjectStore } from './memory-subject-store.js';

/**
 * All stores in memory, over one state. Use it to test an application without a database, in one process. It is also the
 * reference that `authStoresContract` was written against.
 *
 * @example
 * ```ts
 * import { AuthModule, type CompleteUserDirectory } from 'nestjs-aerie';
 * import { MemoryStores } from 'nestjs-aerie/testing';
 *
 * declare const Users: new () => CompleteUserDirectory;
 *
 * export const auth = AuthModule.forRoot({
 *   users: Users,
 *   stores: MemoryStores,
 *   secret: 'a secret of the test, of 32 bytes or more',
 *   issuer: 'https://api.example.com',
 * });
 * ```
 */
export class MemoryStores extends AuthStores {
  readonly subjects: MemorySubjectStore;
  readonly sessions: MemorySessionStore;
  readonly families: MemoryRefreshTokenFamilyStore;
  readonly registry: MemorySignInRegistry;
  readonly lookup: MemorySignInLookup;
  readonly revocations: MemoryRevocationLog;
  private readonly access: MemoryAccess;
  private readonly attemptCounts: MemoryAttemptStore;
  private readonly ofFeatures = new Map<object, object>();

  // Without decorators: a subclass would inherit what is injected here, also into a constructor of its own.
  /** `clock`: the time of the stores, in epoch milliseconds. Default: the system's. */
  constructor(clock: { now(): number } = { now: () => Date.now() }) {
    super();
    this.attemptCounts = new MemoryAttemptStore(clock);
    const revocations = (this.revocations = new MemoryRevocationLog(clock));
    this.subjects = new MemorySubjectStore(clock);
    const room = new MemoryConcurrentSignIns(clock);
    const linked = new MemoryLinkedSignIns(clock, this.subjects);
    revocations.afterEnd = (id) => linked.endChildrenOf(id);
    this.sessions = new MemorySessionStore(this.subjects, clock, revocations, room, linked);
    this.families = new MemoryRefreshTokenFamilyStore(
      this.subjects,
      clock,
      revocations,
      (subject, reason) => {
        this.sessions.rows.endOf(subject, reason);
        this.registry.alsoEnd(subject);
      },
      room,
      linked,
    );
    this.registry = new MemorySignInRegistry(
      this.subjects,
      this.sessions,
      this.families,
      revocations,
      clock,
      linked,
    );
    this.lookup = new MemorySignInLookup(this.subjects, this.families, clock);
    this.access = {
      clock,
      revocations,
      globalEpoch: () => this.subjects.globalEpoch,
      credentialVersion: (subject) => this.subjects.credentialVersionOf(subject),
      onSubjectEnded: (body) => void this.registry.additions.push(body),
      linkSignIns: (links) => void (linked.links = links),
    };
  }

  override attempts(): MemoryAttemptStore {
    return this.attemptCounts;
  }

  /** The same object for the same store: an application that is started again finds its rows. */
  override of<Port extends object>(store: FeatureStore<Port>): Port {
    let found = this.ofFeatures.get(store) as Port | undefined;
    if (!found) this.ofFeatures.set(store, (found = store.memory(this.access)));
    return found;
  }

  /** Makes a sign-in `ms` older: every instant of its row moves back by that much, its limits included. */
  age(signInId: string, ms: number): void {
    this.sessions.rows.age(signInId, ms);
    this.families.rows.age(signInId, ms);
  }

  /** How many revocations there are of this kind and value. */
  announced(kind: RevocationEventKind, value: string): number {
    return this.revocations.of(kind).filter((one) => one === value).length;
  }
}
