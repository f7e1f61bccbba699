import {
  AUTH_ENTITIES,
  AuthAttempt,
  AuthEvent,
  AuthSubject,
  RefreshTokenFamily,
  Revocation,
  Session,
  StoredSigningKey,
} from 'nestjs-aerie/typeorm';
import type { DataSource, EntityTarget } from 'typeorm';
import type { TestDatabase } from '../support/test-databases.js';
import { ServiceClient, SpentTokenId } from '../support/service-tables.js';

const DAY_MS = 86_400_000;

/** What the databases call the same thing. */
const EXPRESSIONS = {
  postgres: { uuid: 'gen_random_uuid()::text', random: 'random()', concat: concatenated },
  sqlite: {
    uuid: 'lower(hex(randomblob(16)))',
    random: '(abs(random()) / 9223372036854775807.0)',
    concat: concatenated,
  },
  mariadb: { uuid: 'uuid()', random: 'rand()', concat: (a: string, b: string) => `concat(${a}, ${b})` },
};

function concatenated(a: string, b: string): string {
  return `${a} || ${b}`;
}

/** Our tables without that of signing keys, which never has more than a few rows. */
export const LARGE_TABLES: readonly EntityTarget<object>[] = [
  ...AUTH_ENTITIES.filter((entity) => entity !== StoredSigningKey),
  ServiceClient,
  SpentTokenId,
];

/**
 * Fills our tables with copies of the rows that are there, doubled until each has at least `count`: with ids of their
 * own, some thousand subjects, and half of them past their limit. Then the database looks at what it has.
 */
export async function fillTables(source: DataSource, database: TestDatabase, count: number): Promise<void> {
  const { uuid, random, concat } = EXPRESSIONS[database];
  const subject = concat(
    "'filler-'",
    `cast(floor(${random} * 4000) as ${database === 'mariadb' ? 'char' : 'text'})`,
  );
  const changes = new Map<object, Record<string, string>>([
    [AuthSubject, { subject: concat("'filler-'", uuid) }],
    [RefreshTokenFamily, { id: uuid, subject, expires_at: halfPast() }],
    [Session, { id: uuid, subject, expires_at: halfPast() }],
    [Revocation, { value: uuid, expires_at: halfPast() }],
    [
      AuthAttempt,
      {
        id: `replace(${uuid}, '-', '')`,
        ends_at: `ends_at - case when ${random} < 0.5 then ${DAY_MS} else 0 end`,
      },
    ],
    [AuthEvent, { id: uuid, subject, happened_at: longAgo() }],
    [ServiceClient, { id: uuid }],
    [
      SpentTokenId,
      { id: uuid, expires_at: `expires_at - case when ${random} < 0.5 then ${DAY_MS} else 0 end` },
    ],
  ]);
  function halfPast(): string {
    return `case when ${random} < 0.5 then created_at - ${DAY_MS} else created_at + ${30 * DAY_MS} end`;
  }
  function longAgo(): string {
    return `happened_at - case when ${random} < 0.5 then ${100 * DAY_MS} else ${DAY_MS} end`;
  }
  for (const entity of LARGE_TABLES.filter((one) => source.hasMetadata(one))) {
    const { tablePath, columns } = source.getMetadata(entity);
    const table = tablePath
      .split('.')
      .map((part) => source.driver.escape(part))
      .join('.');
    const own = columns.filter(({ isGenerated }) => !isGenerated).map(({ databaseName }) => databaseName);
    const copied = own.map((name) => changes.get(entity as object)?.[name] ?? source.driver.escape(name));
    const names = own.map((name) => source.driver.escape(name)).join(', ');
    let rows = await source.getRepository(entity as never).count();
    if (rows === 0) throw new Error(`${table} has no row to copy`);
    for (; rows < count; rows *= 2) {
      await source.query(`insert into ${table} (${names}) select ${copied.join(', ')} from ${table}`);
    }
    await source.query(database === 'mariadb' ? `analyze table ${table}` : `analyze ${table}`);
    // SQLite has held the event loop for seconds: connections that were idle for too long are closed now, not while the
    // next request is sent on them.
    for (let turn = 0; turn < 5; turn++) await new Promise((next) => setTimeout(next));
  }
}
