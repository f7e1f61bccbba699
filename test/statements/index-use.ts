import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { SecurityEvents } from 'nestjs-aerie';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import {
  AuthAttempt,
  AuthEvent,
  AuthSubject,
  RefreshTokenFamily,
  Revocation,
  Session,
  typeOrmStores,
} from 'nestjs-aerie/typeorm';
import { registered } from '../support/service-requests.js';
import { signIn } from '../support/sign-ins.js';
import { isPoll, StatementLog } from '../support/statement-log.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { type TestDatabase, testConnection } from '../support/test-databases.js';
import { age, dropTables } from '../support/test-stores.js';
import { until } from '../support/until.js';
import { fillTables, LARGE_TABLES } from './many-rows.js';
import { plansOf, type Statement } from './plans.js';
import { serviceUse } from './service-use.js';

// Real databases and hundreds of requests: a limit that only a hang reaches.
jest.setTimeout(60_000);

const ROWS = 20_000;
const ALL = [
  'auth_subject',
  'auth_session',
  'auth_refresh_token_family',
  'auth_revocation',
  'auth_event',
  'auth_service_client',
  'auth_spent_token_id',
];
const WITH_ATTEMPTS = [...ALL, 'auth_attempt'];
const KEY = { idempotencyKey: 'the-key-of-this-token' };
type Tokens = { principal: { signInId: string }; refreshToken: string };

/** No statement of ours reads a table from one end to the other, however large the table is. */
export function indexUse(database: TestDatabase): void {
  const log = new StatementLog(true);
  let app: TestApp;
  /** Each text once, as it was sent first: its rows were there then. */
  const statements = new Map<string, Statement>();

  beforeAll(async () => {
    app = await startTestApp({
      connection: { ...testConnection(database), logging: true, logger: log } as never,
      // Managed keys are read now and then, from a table that stays small.
      options: { stores: typeOrmStores({ audit: true }), features: [serviceIssuer()], keys: 'secret' },
    });
    for (const name of ['ada', 'bob', 'eve']) await app.users.add(name);
    await app.authentication.endSignIn('user-1', (await signIn(app, 'tokens')).id);
    await signIn(app, 'session');
    await app.app.get(SecurityEvents).list('user-1');
    await serviceUse(app);
    await registered(app, { id: 'kept', scopes: [], audiences: ['x'] });
    const record = async (work: () => Promise<void>) => {
      const before = log.statements.length;
      await work();
      for (const sent of log.statements.slice(before)) {
        // What PostgreSQL is notified of besides is no question of plans.
        const query = sent.query.trim().replace(/^with revocation as \((.*)\) select pg_notify.*$/s, '$1');
        // The clock alone is asked of no table.
        if (/^(select|insert|update|delete)\b.*auth_/s.test(query) && !statements.has(query))
          statements.set(query, { ...sent, query });
      }
    };
    // First, while there is nothing that it could delete: its plan is asked for when half of the rows are past their limit.
    await record(async () => void (await app.authentication.sweep()));
    await fillTables(app.source, database, ROWS);
    await record(async () => {
      const before = log.statements.length;
      await everyUse(app);
      const polls = ({ query }: Statement) => isPoll(query) && query.includes('auth_revocation');
      await until('the feed reads what was announced', () => log.statements.slice(before).some(polls));
    });
    await record(() => serviceUse(app));
    // MariaDB plans nothing for a row that is not there.
    await registered(app, { id: 'used', scopes: [], audiences: ['x'] });
  }, 60_000);
  afterAll(async () => {
    await dropTables(app.source);
    await app.close();
  });

  it('is shown for every kind of statement on every table', () => {
    const kinds = [...statements.keys()].map((query) => {
      const verb = query.slice(0, query.indexOf(' '));
      const [, , table] = /\b(from|into|update|join) \S*?(auth_\w+)/.exec(query) ?? [];
      return `${verb} ${table}`;
    });
    expect(statements.size).toBeGreaterThan(30);
    expect([...new Set(kinds)].sort()).toEqual(
      [
        // An upsert gives its rows, but on MariaDB.
        ['select', database === 'mariadb' ? WITH_ATTEMPTS : ALL],
        ['insert', WITH_ATTEMPTS],
        ['update', ['auth_subject', 'auth_session', 'auth_refresh_token_family', 'auth_service_client']],
        ['delete', WITH_ATTEMPTS],
      ]
        .flatMap(([verb, tables]) => (tables as string[]).map((table) => `${verb as string} ${table}`))
        .sort(),
    );
  });

  it('would be seen to lack one', async () => {
    for (const entity of LARGE_TABLES) {
      const { tablePath, name } = app.source.getMetadata(entity);
      const column = {
        [AuthSubject.name]: 'epoch',
        [Session.name]: 'secret_hash',
        [Revocation.name]: 'kind',
        [AuthAttempt.name]: 'used',
        [AuthEvent.name]: 'ip',
        ServiceClient: 'secret_hash',
        SpentTokenId: 'nonce',
      };
      const query = `select * from ${tablePath} where ${column[name] ?? 'current_hash'} = '1'`;
      for (const { scanned } of await plansOf(app.source, database, { query, parameters: [] }))
        expect(scanned).toHaveLength(1);
    }
  });

  it('is so', async () => {
    const wrong: string[] = [];
    for (const statement of statements.values()) {
      for (const { scanned, indexes } of await plansOf(app.source, database, statement)) {
        const reads = !/^insert .* values /s.test(statement.query);
        if (scanned.length > 0 || (reads && indexes.length === 0))
          wrong.push(`${scanned.join()} [${indexes.join()}]: ${statement.query}`);
      }
    }
    expect(wrong).toEqual([]);
  });
}

/** Everything that an application may ask for, once at least. */
async function everyUse({ app, authentication, source, client }: TestApp): Promise<void> {
  const open = async (subject = 'user-1') =>
    (await authentication.signIn(subject, { mode: 'tokens' })) as Tokens;
  const refused = (work: Promise<unknown>) => expect(work).rejects.toBeInstanceOf(Error);

  // The rotation, the replay, the late retry, the step-up and the reuse.
  const { principal, refreshToken } = await open();
  await authentication.refresh(refreshToken, KEY);
  await authentication.refresh(refreshToken, KEY);
  await age(source, RefreshTokenFamily, principal.signInId, 60_000);
  const late = await authentication.refresh(refreshToken, KEY);
  await authentication.stepUp('user-1', late, ['otp']);
  await refused(authentication.refresh(refreshToken));

  // A session and an access token, by the routes.
  const browser = client();
  const json = { identifier: 'ada', password: 'correct horse battery', mode: 'session' };
  expect((await browser.post('/auth/login', { json })).status).toBe(200);
  expect((await browser.get('/auth/me')).status).toBe(200);
  expect((await browser.get('/auth/sign-ins')).status).toBe(200);
  const session = (await browser.cookie('__Host-session'))!;
  const stepped = (await authentication.stepUp('user-1', { session }, ['otp'])) as { sessionToken: string };
  const { accessToken } = (await authentication.signIn('user-1', { mode: 'tokens' })) as unknown as {
    accessToken: string;
  };
  expect((await client().get('/auth/me', { bearer: accessToken })).status).toBe(200);

  // Changes, and the ends of one, of others, of all.
  await authentication.credentialsChanged('user-1', { keep: { session: stepped.sessionToken } });
  const kept = await open();
  const next = (await authentication.credentialsChanged('user-1', { keep: kept })) as Tokens;
  await authentication.rolesChanged('user-1');
  await open();
  await authentication.signIn('user-1', { mode: 'session' });
  await authentication.endOtherSignIns('user-1', next.principal.signInId);
  await authentication.endSignIn('user-1', next.principal.signInId);
  const { principal: sessionOwner } = await authentication.signIn('user-1', { mode: 'session' });
  await authentication.signOut(sessionOwner);
  await open();
  await authentication.endAllSignIns('user-1');
  await open('user-2');
  await authentication.forgetSubject('user-2');
  await authentication.revokeEverything();

  // The events of it all, page by page.
  const events = app.get(SecurityEvents);
  const page = await events.list('user-1', { limit: 5 });
  expect(await events.list('user-1', { limit: 5, before: page.at(-1)! })).toHaveLength(5);
}
