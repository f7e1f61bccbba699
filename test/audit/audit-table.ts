import { afterEach, expect, it, jest } from '@jest/globals';
import { AuthStatus, SecurityEvents } from 'nestjs-aerie';
import { AuthEvent, typeOrmStores } from 'nestjs-aerie/typeorm';
import { SecurityEventStore } from '../../libs/auth/src/audit/security-event-store.js';
import { SecurityEventWriter } from '../../libs/auth/src/audit/security-event-writer.js';
import { LogTrap } from '../support/log-trap.js';
import { refresh, refreshed, signIn } from '../support/sign-ins.js';
import { type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { type TestDatabase, testConnection } from '../support/test-databases.js';
import { connect, dropTables } from '../support/test-stores.js';

// Real databases and hundreds of requests: a limit that only a hang reaches.
jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const AGENT = { 'user-agent': 'a-browser/1' };

/** What a host sees of `typeOrmStores({ audit: true })`, on any database. */
export function auditTable(database: TestDatabase, adapter: Adapter): void {
  const open: (() => Promise<unknown>)[] = [];
  const log = new LogTrap();
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
    log.lines.length = 0;
  });
  const started = async (options: object = {}, changes: object = {}): Promise<TestApp> => {
    const connection = { ...testConnection(database), ...changes } as never;
    const app = await startTestApp({
      adapter,
      connection,
      override: log.override,
      options: { stores: typeOrmStores({ audit: true }), ...options },
    });
    open.push(async () => {
      if (app.source.isInitialized) await dropTables(app.source);
      await app.close();
    });
    for (const name of ['ada', 'bob']) await app.users.add(name, undefined, { id: name });
    return app;
  };
  const listOf = (app: TestApp, subject: string, options = {}) =>
    app.app.get(SecurityEvents).list(subject, options);
  const writerOf = (app: TestApp) => app.app.get(SecurityEventWriter, { strict: false });
  const rowsOf = async (app: TestApp): Promise<AuthEvent[]> => {
    await writerOf(app).flush();
    return app.source.getRepository(AuthEvent).find({ order: { id: 'asc' } });
  };
  const ofLog = (text: string): string[] => log.lines.filter((line) => line.includes(text));

  it('has what happened to an account, newest first, page by page', async () => {
    const app = await started();
    const before = Date.now();
    const { body, id } = await signIn(app, 'tokens', 'ada', AGENT);
    const second = await refreshed(app, body.refresh_token);
    await refreshed(app, second.refresh_token);
    expect((await refresh(app, body.refresh_token, AGENT)).status).toBe(401);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    await signIn(app, 'session', 'bob');
    await app.authentication.rolesChanged('ada');

    const listed = await listOf(app, 'ada');
    expect(listed.map(({ type }) => type)).toEqual([
      'subject_changed',
      'refresh_refused',
      'reuse_detected',
      'signed_in',
    ]);
    const [, refused, reuse, first] = listed;
    expect(first).toMatchObject({
      subject: 'ada',
      signInId: id,
      ip: expect.stringMatching(/127\.0\.0\.1$/),
      userAgent: 'a-browser/1',
      reason: null,
      detail: { mode: 'tokens' },
    });
    expect(refused).toMatchObject({ reason: 'revoked', signInId: id });
    expect(reuse).toMatchObject({ userAgent: 'a-browser/1', detail: { cause: 'ancestor', distance: 2 } });
    expect(Object.keys(reuse!.detail)).toEqual(expect.arrayContaining(['ageMs', 'holder']));
    // The database's clock, less the time until it was written: these run on one machine.
    for (const { at } of listed) expect(Math.abs(at - before)).toBeLessThan(60_000);
    expect(listed.map(({ at }) => at)).toEqual(listed.map(({ at }) => at).sort((a, b) => b - a));

    const pages = [await listOf(app, 'ada', { limit: 3 })];
    pages.push(await listOf(app, 'ada', { limit: 3, before: pages[0]!.at(-1) }));
    expect(pages.map((page) => page.length)).toEqual([3, 1]);
    expect(pages.flat()).toEqual(listed);
    expect((await listOf(app, 'bob')).map(({ type }) => type)).toEqual(['signed_in']);
    expect(await listOf(app, 'Ada')).toEqual([]);
  });

  it('lists the events of a process as they were recorded, also those of one instant in several statements', async () => {
    const app = await started();
    const writer = writerOf(app);
    const origin = { signInId: 'x', ip: null, userAgent: null };
    const recorded: string[] = [];
    // Statements are under way while the next events come, and alarms are written before the others.
    const written: Promise<void>[] = [];
    for (let i = 0; i < 90; i++) {
      if (i % 3 === 0) {
        const reuse = {
          cause: 'ancestor',
          distance: i,
          ageMs: 1,
          holder: { ip: null, userAgent: null },
        } as const;
        writer.record({ type: 'reuse_detected', subject: 'ada', ...reuse, ...origin });
        recorded.push(`reuse ${i}`);
      }
      writer.record({ type: 'subject_changed', subject: 'ada', reason: `${i}` });
      recorded.push(`change ${i}`);
      if (i % 7 === 0) written.push(writer.flush());
      if (i % 10 === 0) await written.at(-1);
    }
    await Promise.all(written);
    const listed = await listOf(app, 'ada', { limit: 1_000 });
    const told = listed.map(({ reason, detail }) =>
      reason ? `change ${reason}` : `reuse ${String(detail['distance'])}`,
    );
    expect(told.toReversed()).toEqual(recorded);
  });

  it('loses no event of one instant between two pages', async () => {
    const app = await started();
    for (let i = 0; i < 7; i++) await app.authentication.rolesChanged('ada');
    await rowsOf(app);
    await app.source.getRepository(AuthEvent).update({ subject: 'ada' }, { at: 1_000 });
    const all = await listOf(app, 'ada');
    const paged = [];
    let page = await listOf(app, 'ada', { limit: 2 });
    for (
      ;
      page.length > 0 && paged.length < 20;
      page = await listOf(app, 'ada', { limit: 2, before: page.at(-1) })
    )
      paged.push(...page);
    expect(paged.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(new Set(paged.map(({ id }) => id)).size).toBe(7);
  });

  it('keeps the time at which things happened, and each once however often it is written', async () => {
    const app = await started();
    const event = { type: 'subject_changed', subject: 'Ada é', signInId: null, reason: null } as const;
    const rest = { ip: null, userAgent: null, detail: { é: ['\u0000', 1] } };
    const store = app.app.get(SecurityEventStore, { strict: false });
    const now = await store.now();
    expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
    const record = (id: string, ageMs: number) => ({ id, ...event, ...rest, at: now - ageMs });
    await store.append([record('b', 3_600_000), record('a', 0)]);
    await store.append([record('b', 0), record('c', 7_200_000), record('a', 9)]);
    const listed = await listOf(app, 'Ada é');
    expect(listed.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    const [a, b] = listed;
    expect(a!.at - b!.at).toBe(3_600_000);
    expect(b).toEqual({ id: 'b', at: b!.at, ...event, ...rest });
  });

  it('takes nothing for a limit or a position that is none', async () => {
    const app = await started();
    for (const limit of [0, 1_001, 1.5, NaN, '5', Infinity])
      await expect(listOf(app, 'ada', { limit })).rejects.toThrow(TypeError);
    for (const before of [{}, { at: NaN, id: 'x' }, { at: 1 }, { at: '1', id: 'x' }])
      await expect(listOf(app, 'ada', { before })).rejects.toThrow(TypeError);
    for (const subject of ['', null, 'x'.repeat(256)])
      await expect(listOf(app, subject as string)).rejects.toThrow(TypeError);
  });

  it('is swept of what is older than its retention, and of nothing else', async () => {
    const app = await started({ stores: typeOrmStores({ audit: { retention: '7d' } }) });
    for (let i = 0; i < 3; i++) await app.authentication.rolesChanged('ada');
    const rows = await rowsOf(app);
    const events = app.source.getRepository(AuthEvent);
    await events.update({ id: rows[0]!.id }, { at: rows[0]!.at - 7 * DAY_MS - 60_000 });
    await events.update({ id: rows[1]!.id }, { at: rows[1]!.at - 7 * DAY_MS + 60_000 });
    expect(await app.authentication.sweep()).toMatchObject({ events: 1 });
    expect((await rowsOf(app)).map(({ id }) => id)).toEqual([rows[1]!.id, rows[2]!.id]);
    expect(await app.authentication.sweep()).toMatchObject({ events: 0 });
  });

  it('forgets a subject with everything that waits, and keeps that it did without a name', async () => {
    const app = await started();
    await signIn(app, 'tokens', 'ada', AGENT);
    await rowsOf(app);
    const { body } = await signIn(app, 'tokens', 'ada', AGENT);
    await signIn(app, 'session', 'bob');
    await app.authentication.forgetSubject('ada');
    expect(await listOf(app, 'ada')).toEqual([]);
    const rows = await rowsOf(app);
    expect(rows.map(({ type, subject }) => [type, subject])).toEqual([
      ['signed_in', 'bob'],
      ['subject_ended', null],
    ]);
    expect(rows[1]).toMatchObject({ reason: 'forgotten', detail: { ended: 2 } });
    expect(JSON.stringify(rows)).not.toContain('a-browser');
    // What its former client still sends names no subject.
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    expect((await rowsOf(app)).at(-1)).toMatchObject({ type: 'refresh_refused', subject: null });
  });

  it('forgets what was being written when the subject was', async () => {
    const app = await started();
    await app.authentication.rolesChanged('ada');
    const writing = writerOf(app).flush();
    await app.authentication.forgetSubject('ada');
    await writing;
    expect((await rowsOf(app)).map(({ type, subject }) => [type, subject])).toEqual([
      ['subject_ended', null],
    ]);
  });

  it('fails no request when it is away: says so once, and writes what waited when it is back', async () => {
    const app = await started();
    const { body } = await signIn(app, 'tokens');
    await rowsOf(app);
    const { tablePath } = app.source.getMetadata(AuthEvent);
    const away = `${tablePath}_away`;
    await app.source.query(`alter table ${tablePath} rename to ${away}`);
    const { client } = await signIn(app, 'session');
    expect((await client.get('/auth/me')).status).toBe(200);
    await refreshed(app, body.refresh_token);
    await writerOf(app).flush();
    await writerOf(app).flush();
    await app.authentication.endAllSignIns('ada');
    expect(ofLog('security events are not written to the table for now')).toHaveLength(1);
    expect(ofLog('security events are written again')).toEqual([]);
    await app.source.query(`alter table ${away} rename to ${tablePath}`);
    expect((await rowsOf(app)).map(({ type }) => type)).toEqual(['signed_in', 'signed_in', 'subject_ended']);
    expect(ofLog('security events are written again: 0 were lost')).toHaveLength(1);
  });

  it('gives a batch up after five tries', async () => {
    const app = await started();
    const { tablePath } = app.source.getMetadata(AuthEvent);
    await app.source.query(`alter table ${tablePath} rename to ${tablePath}_away`);
    for (let i = 0; i < 3; i++) await app.authentication.rolesChanged('ada');
    for (let tried = 0; tried < 6; tried++) await writerOf(app).flush();
    await app.source.query(`alter table ${tablePath}_away rename to ${tablePath}`);
    expect(await rowsOf(app)).toHaveLength(2);
    expect(ofLog('written again: 1 were lost')).toHaveLength(1);
  });

  it('holds ten thousand events that cannot be written, and counts the others', async () => {
    const app = await started();
    const writer = writerOf(app);
    const { tablePath } = app.source.getMetadata(AuthEvent);
    await app.source.query(`alter table ${tablePath} rename to ${tablePath}_away`);
    for (let i = 0; i < 10_007; i++)
      writer.record({ type: 'subject_changed', subject: `user-${i}`, reason: `${i}` });
    expect(ofLog('not written to the table for now: 10000 of them wait already')).toHaveLength(1);
    await app.source.query(`alter table ${tablePath}_away rename to ${tablePath}`);
    const rows = await rowsOf(app);
    expect([rows.length, rows[0]!.reason, rows.at(-1)!.reason]).toEqual([10_000, '0', '9999']);
    expect(ofLog('security events are written again: 7 were lost')).toHaveLength(1);
  });

  it('keeps no row of malformed refreshes, and the reuse of a token in the middle of them', async () => {
    const app = await started();
    const { body } = await signIn(app, 'tokens', 'ada', AGENT);
    const second = await refreshed(app, body.refresh_token);
    await refreshed(app, second.refresh_token);
    for (let i = 0; i < 40; i++) expect((await refresh(app, `rt1_${'a'.repeat(90)}`)).status).toBe(401);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    // The family is revoked: its former holder can repeat this.
    for (let i = 0; i < 40; i++) expect((await refresh(app, body.refresh_token)).status).toBe(401);
    const types = (await rowsOf(app)).map(({ type }) => type);
    expect(types.filter((type) => type === 'reuse_detected')).toHaveLength(1);
    expect(types.filter((type) => type === 'refresh_refused')).toHaveLength(10);
    expect(app.app.get(AuthStatus).counts.events.refresh_refused).toBe(80);
  });

  it('has what waited when the application was closed, also what a last request did', async () => {
    const app = await started();
    await app.authentication.rolesChanged('ada');
    Object.assign(app.users, { beforeApplicationShutdown: () => app.authentication.rolesChanged('bob') });
    await app.close();
    const source = await connect(
      database === 'sqlite' ? 'sqlite' : database,
      app.source.options.entityPrefix!,
    );
    try {
      const rows = await source.getRepository(AuthEvent).find({ order: { id: 'asc' } });
      // SQLite's tables were in memory, and are gone with the connection.
      const written = database === 'sqlite' ? [] : ['ada', 'bob'];
      expect(rows.map(({ subject }) => subject)).toEqual(written);
      expect(ofLog('were not written')).toEqual([]);
    } finally {
      await dropTables(source);
      await source.destroy();
    }
  });

  it('keeps what a database could refuse: texts that are too long, or none at all', async () => {
    const app = await started();
    const bad = `\0${'\ud800'}é${'x'.repeat(300)}`;
    const requester = { ip: bad, userAgent: bad };
    await app.authentication.signInWithPassword('nobody', 'x', { requester }).catch(() => undefined);
    await app.authentication.endAllSignIns('ada');
    const rows = await rowsOf(app);
    expect(rows.map(({ type }) => type)).toEqual(['sign_in_refused', 'subject_ended']);
    expect([rows[0]!.ip, rows[0]!.userAgent]).toEqual([null, `???${'x'.repeat(252)}`]);
  });

  it('costs nothing, and is not asked for, unless it is wanted', async () => {
    const app = await started({ stores: typeOrmStores() });
    await signIn(app, 'session');
    expect(await app.source.getRepository(AuthEvent).count()).toBe(0);
    expect(app.app.get(SecurityEventWriter, { strict: false })).toBeNull();
    await expect(listOf(app, 'ada')).rejects.toThrow('typeOrmStores({ audit: true })');
    expect(await app.authentication.sweep()).toMatchObject({ events: 0 });
    await app.authentication.forgetSubject('ada');
  });
}
