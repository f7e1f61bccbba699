import { createHash } from 'node:crypto';
import type { StoreUnavailableError } from '../../errors/auth-error.js';
import type { SigningKeyStore } from '../../keys/signing-key-store.js';
import type { RevocationNotifier } from '../../revocation/revocation-notifier.js';
import { AuthStores } from '../../stores/auth-stores.js';
import type { FeatureStore } from '../../stores/feature-store.js';
import type { StoreSettings } from '../../stores/stores-door.js';
import { subjectOfKey } from '../../subjects/subject-key.js';
import { sql, trustedSql } from '../database/sql.js';
import type { SqlDatabase } from '../database/sql-database.js';
import type { TableDefinition } from '../database/table-definition.js';
import { ATTEMPTS } from '../tables/attempt.table.js';
import { FAMILIES } from '../tables/refresh-token-family.table.js';
import { REVOCATIONS } from '../tables/revocation.table.js';
import { SECURITY_EVENTS } from '../tables/security-event.table.js';
import { SESSIONS } from '../tables/session.table.js';
import { SIGNING_KEYS } from '../tables/signing-key.table.js';
import { SUBJECTS } from '../tables/subject.table.js';
import { type OwnRevocationsListener, RevocationWriter } from './revocation-writer.js';
import { SqlAttemptStore } from './sql-attempt-store.js';
import { SqlConcurrentSignIns } from '../sign-ins/sql-concurrent-sign-ins.js';
import { SqlLinkedSignIns } from '../sign-ins/sql-linked-sign-ins.js';
import { SqlOpening } from '../sign-ins/sql-opening.js';
import { SqlRefreshTokenFamilyStore } from './sql-refresh-token-family-store.js';
import { SqlRevocationLog } from './sql-revocation-log.js';
import { SqlSecurityEventStore } from './sql-security-event-store.js';
import { SqlSessionStore } from './sql-session-store.js';
import { SqlSignInLookup } from './sql-sign-in-lookup.js';
import { SqlSignInRegistry } from './sql-sign-in-registry.js';
import { SqlSigningKeyStore } from './sql-signing-key-store.js';
import { SqlSubjectEnding } from '../sign-ins/sql-subject-ending.js';
import { SqlSubjectStore } from './sql-subject-store.js';

/** What the connection adds to its statements. */
export interface SqlConnection {
  readonly database: SqlDatabase;
  /** Null: the database does not notify on a channel, or there is no connection to listen on. */
  readonly notifierOn: ((channel: string) => RevocationNotifier) | null;
  /** What an operator does about a missing table of the core, or of a feature. */
  readonly advice: (isOfFeature: boolean) => string;
}

/** The stores in SQL. */
export class SqlStores extends AuthStores {
  readonly subjects: SqlSubjectStore;
  readonly sessions: SqlSessionStore;
  readonly families: SqlRefreshTokenFamilyStore;
  readonly registry: SqlSignInRegistry;
  readonly lookup: SqlSignInLookup;
  readonly revocations: SqlRevocationLog;

  private readonly database: SqlDatabase;
  private readonly keys: SqlSigningKeyStore | null;
  private readonly securityEvents: SqlSecurityEventStore | null;
  /** On which PostgreSQL notifies of revocations; null: it does not. */
  private readonly channel: string | null;
  private readonly writer: RevocationWriter;
  private readonly endings: SqlSubjectEnding;
  private readonly linked: SqlLinkedSignIns;

  constructor(
    private readonly connection: SqlConnection,
    private readonly settings: StoreSettings,
    /** How long security events are kept; null: they are not. */
    eventRetentionMs: number | null,
  ) {
    super();
    const { database } = connection;
    this.database = database;
    const notifies = database.dialect.name === 'postgres' && settings.notifies && connection.notifierOn;
    this.channel = notifies ? channelOf(database.table(REVOCATIONS).name.text(() => '')) : null;
    const writer = new RevocationWriter(
      database,
      subjectOfKey,
      settings.revocationLifeMs,
      this.channel === null ? null : trustedSql(`'${this.channel}'`),
    );
    this.writer = writer;
    this.revocations = new SqlRevocationLog(database, subjectOfKey);
    const subjects = new SqlSubjectStore(database);
    this.subjects = subjects;
    const events = eventRetentionMs === null ? null : new SqlSecurityEventStore(database, eventRetentionMs);
    this.securityEvents = events;
    const erasing = events && ((subject: string) => events.erasing(subject));
    const linked = new SqlLinkedSignIns(database, subjects, writer);
    this.linked = linked;
    const endings = new SqlSubjectEnding(database, subjects, writer, linked, erasing);
    this.endings = endings;
    const room = new SqlConcurrentSignIns(database, writer);
    const openings = new SqlOpening(subjects, (epochs, limit) => room.making(epochs, limit), linked);
    this.sessions = new SqlSessionStore(database, subjects, writer, openings);
    const endSubject = (subject: string, reason: string) => endings.ending(subject, reason);
    this.families = new SqlRefreshTokenFamilyStore(database, subjects, writer, openings, endSubject);
    this.registry = new SqlSignInRegistry(
      database,
      subjects,
      writer,
      endings,
      this.sessions,
      this.families,
      linked,
    );
    this.lookup = new SqlSignInLookup(database, database.table(FAMILIES), database.table(SUBJECTS));
    this.keys = settings.keepsKeys
      ? new SqlSigningKeyStore(database, () => writer.writeNow('keys', ''))
      : null;
  }

  override notifier(): RevocationNotifier | null {
    return this.channel === null ? null : (this.connection.notifierOn?.(this.channel) ?? null);
  }

  override tellsOwn(listener: OwnRevocationsListener): boolean {
    this.writer.listener = listener;
    return true;
  }

  override signingKeys(): SigningKeyStore | null {
    return this.keys;
  }

  override attempts(): SqlAttemptStore {
    return new SqlAttemptStore(this.database);
  }

  override events(): SqlSecurityEventStore | null {
    return this.securityEvents;
  }

  override of<Port extends object>(store: FeatureStore<Port>): Port {
    const { database, writer } = this;
    return store.sql({
      database,
      revocations: writer,
      globalEpoch: this.subjects.globalEpoch(),
      credentialVersion: (subject) => this.subjects.credentialVersion(subject),
      lockSubject: (subject) => this.subjects.lockOrMake(subject),
      onSubjectEnded: (body) => this.endings.add(body),
      linkSignIns: (links) => void (this.linked.links = links),
    });
  }

  override async missing(): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const { definition, feature } of this.tables()) {
      const table = this.database.table(definition);
      try {
        await this.database.run(sql`select ${table.everyColumnOf('t')} from ${table.name} t where 1 = 0`);
      } catch (error) {
        if (!isTableMissing((error as StoreUnavailableError).cause)) throw error;
        const whose = feature === null ? '' : ` for the feature ${JSON.stringify(feature)}`;
        missing.push(
          `the table ${table.name.text(() => '')} must exist${whose}, with every column of ${definition.entity} (the table or a column is missing): ${this.connection.advice(feature !== null)}`,
        );
      }
    }
    if (this.database.dialect.name === 'mysql' && (await this.hasNoEscapes()))
      missing.push(
        'the connections must be without the sql_mode NO_BACKSLASH_ESCAPES (got connections with it): mysql2 escapes values with backslashes, so a value could become a part of its statement',
      );
    return missing;
  }

  private async hasNoEscapes(): Promise<boolean> {
    const { rows } = await this.database.run(sql`select @@sql_mode as mode`);
    return String(rows[0]?.['mode']).includes('NO_BACKSLASH_ESCAPES');
  }

  /** The tables that are in use. */
  private tables(): readonly { readonly definition: TableDefinition; readonly feature: string | null }[] {
    const core: TableDefinition[] = [SUBJECTS, SESSIONS, FAMILIES, REVOCATIONS, ATTEMPTS];
    if (this.securityEvents) core.push(SECURITY_EVENTS);
    if (this.keys) core.push(SIGNING_KEYS);
    return [...core.map((definition) => ({ definition, feature: null })), ...this.settings.featureTables];
  }
}

/** A channel of the database for each table: deployments that share one database do not wake each other. */
function channelOf(quotedName: string): string {
  return `aerie_${createHash('sha256').update(quotedName.replaceAll('"', '')).digest('hex').slice(0, 24)}`;
}

/** PostgreSQL: undefined table, undefined column. MariaDB/MySQL: no such table, unknown column. */
const MISSING: ReadonlySet<unknown> = new Set(['42P01', '42703', 1146, 1054]);

/** Whether a statement failed because a table, or a column of it, is not there. */
function isTableMissing(error: unknown): boolean {
  const { code, errno, message } = (error ?? {}) as { code?: unknown; errno?: unknown; message?: unknown };
  return MISSING.has(code) || MISSING.has(errno) || /no such (table|column)/.test(String(message));
}
