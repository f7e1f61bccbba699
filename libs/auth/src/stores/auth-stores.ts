import type { AttemptStore } from '../attempts/attempt-store.js';
import type { SecurityEventStore } from '../audit/security-event-store.js';
import type { SigningKeyStore } from '../keys/signing-key-store.js';
import type { RefreshTokenFamilyStore } from '../refresh-tokens/refresh-token-family-store.js';
import type { OwnRevocationEvent } from '../revocation/revocation-event.js';
import type { RevocationLog } from '../revocation/revocation-log.js';
import type { RevocationNotifier } from '../revocation/revocation-notifier.js';
import type { SignInLookup } from '../revocation-check/sign-in-lookup.js';
import type { FeatureStore } from './feature-store.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { SubjectStore } from '../subjects/subject-store.js';
import type { SignInRegistry } from './sign-in-registry.js';

/**
 * The six store ports over one state: what ends a subject in one of them has ended it in all. `typeOrmStores()`
 * (`nestjs-aerie/typeorm`) gives a set on TypeORM; `stores` takes a class of the application's own as well. The doc comment
 * of each port says what is atomic, and `authStoresContract` (`nestjs-aerie/testing`) tests it. Also the injection token of
 * the set in use.
 */
export abstract class AuthStores {
  abstract readonly subjects: SubjectStore;
  abstract readonly sessions: SessionStore;
  abstract readonly families: RefreshTokenFamilyStore;
  abstract readonly registry: SignInRegistry;
  /** Asked for every access token while `revocation.mode` is `lookup`; else by routes that ask for it. */
  abstract readonly lookup: SignInLookup;
  /** Revocations of every process: each process follows them while `revocation.mode` is `feed`. */
  abstract readonly revocations: RevocationLog;

  /**
   * How processes tell each other that there is something to read, where these stores have a way of their own. Called
   * once, in mode `feed` and without a Redis. Default: none; they hear of it by polling.
   */
  notifier(): RevocationNotifier | null {
    return null;
  }

  /**
   * Has `listener` called with the revocations of each change of this process, once it is committed: with none for a change
   * in a transaction that the application commits. Called once. Default: false, these stores do not tell; in mode `feed` a
   * process then reads the revocations again after a change of its own, before it admits a request.
   */
  tellsOwn(_listener: (revocations: readonly OwnRevocationEvent[]) => void): boolean {
    return false;
  }

  /**
   * Where managed signing keys are kept, where these stores keep any. Called once. Default: nowhere; access tokens are then
   * signed with the secret, or with keys that the application gives.
   */
  signingKeys(): SigningKeyStore | null {
    return null;
  }

  /**
   * Where a feature's rows live. Called once for each store of each feature that is switched on, while the application boots
   * and before `missing`. Compare `store.port`, and give the implementation; null: there is none, and that boot stops.
   * Default: null.
   */
  of<Port extends object>(_store: FeatureStore<Port>): Port | null {
    return null;
  }

  /**
   * Where tries are counted, for limits that hold over all processes. Called once while the application boots. Default: nowhere;
   * then each process counts in its memory, and the log says so.
   */
  attempts(): AttemptStore | null {
    return null;
  }

  /**
   * Where security events are kept. Called once while the application boots. What forgets a subject erases its events in the
   * same transaction. Default: nowhere; then `SecurityEvents.list` refuses.
   */
  events(): SecurityEventStore | null {
    return null;
  }

  /**
   * Called once while the application boots: what is missing, such as a table, in sentences for its operator. With any,
   * a server does not start; a standalone context, which may be the one that runs the migrations, only warns.
   */
  async missing(): Promise<readonly string[]> {
    return [];
  }
}
