import type { RevocationEventKind } from '../revocation/revocation-event.js';
import type { Sql } from '../sql/database/sql.js';
import type { SqlDatabase, SqlTransaction, TransactionRules } from '../sql/database/sql-database.js';
import type { MemorySignInLinks, SqlSignInLinks } from './sign-in-links.js';
import type { StoreCalls } from './store-call.js';

/** What a feature's store in SQL is made of. */
export interface SqlAccess {
  readonly database: SqlDatabase;
  readonly revocations: SqlRevocations;
  /** The global epoch, as a scalar subquery. */
  readonly globalEpoch: Sql;
  /**
   * The version of a subject's credentials (`SubjectVersions.credentialVersion`), as a scalar subquery; 0 when the subject has
   * no row. `subject`: an id, or a column `asSubject`. The row is not locked.
   */
  credentialVersion(subject: string | Sql): Sql;
  /**
   * Locks the subject's row until the transaction ends; makes the row if there is none. What counts rows of a subject and then
   * writes one begins with this, so that no two transactions count at the same time. Lock it before any other row.
   */
  lockSubject(subject: string): SqlTransaction<void>;
  /**
   * Adds statements to every transaction that ends sign-ins of a whole subject: a logout everywhere, a change of credentials,
   * a subject that is disabled or forgotten. The empty subject: everybody's. The subject's row is locked by then. `spared`: the
   * ids of the sign-ins that are kept.
   */
  onSubjectEnded(body: (subject: string, spared: readonly string[]) => SqlTransaction<void>): void;
  /** Tells the core which sign-ins live and end as one. One feature at most. */
  linkSignIns(links: SqlSignInLinks): void;
}

/** Writes revocations as parts of the transactions that make the changes. */
export interface SqlRevocations {
  /** A transaction that may revoke something: this process knows it when it has committed. */
  transaction<T>(body: () => SqlTransaction<T>, rules?: TransactionRules): Promise<T>;
  /** The caller holds the lock of the row that changed. `now`: the database's clock under that lock. */
  write(kind: RevocationEventKind, value: string, now: number, epoch?: number | null): SqlTransaction<void>;
  /** The same, by the database's clock at this statement. */
  writeNow(kind: RevocationEventKind, value: string): SqlTransaction<void>;
}

/** What a feature's store in memory is made of. */
export interface MemoryAccess {
  readonly clock: { now(): number };
  readonly revocations: { write(kind: RevocationEventKind, value: string, epoch?: number | null): void };
  globalEpoch(): number;
  credentialVersion(subject: string): number;
  /** As in SQL: `body` is called in the same step. */
  onSubjectEnded(body: (subject: string, spared: readonly string[]) => void): void;
  linkSignIns(links: MemorySignInLinks): void;
}

/**
 * A store of a feature: its port and the two adapters that come with it. `AuthStores.of` gives the implementation; stores of
 * a host's own compare `port` and give theirs.
 */
export interface FeatureStore<Port extends object> extends AnyFeatureStore {
  /** The abstract class of the port. Also the injection token of the store that is in use. */
  readonly port: abstract new () => Port;
  /** Every method of the port, and what its outcome revokes. */
  readonly calls: StoreCalls<Port>;
  sql(access: SqlAccess): Port;
  memory(access: MemoryAccess): Port;
}

/** A store of whichever port. */
export interface AnyFeatureStore {
  readonly port: abstract new () => object;
  readonly calls: object;
  sql(access: SqlAccess): object;
  memory(access: MemoryAccess): object;
}
