// What a mistake in a feature, or a stranger at its routes, must not do to the rest.
import { describe, expect, it } from '@jest/globals';
import { Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { AuthError, ProcessStatus, SecurityEvents } from 'nestjs-aerie';
import {
  type AuthFeature,
  FeatureError,
  type FeatureSecurityEvent,
  type HttpRequest,
  SecurityEventSink,
  strictBody,
} from 'nestjs-aerie/feature';
import { ServiceClients, serviceIssuer } from 'nestjs-aerie/service-tokens';
import { AuthEvent, authMigrations, typeOrmStores } from 'nestjs-aerie/typeorm';
import { Entity, PrimaryColumn } from 'typeorm';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';

class WithoutStatus extends AuthError {
  readonly code = 'PREFS_UNKNOWN';
}
class WithoutKind extends FeatureError {
  readonly code = 'PREFS_OTHER';
  readonly kind = 'teapot' as never;
}
class PrefsController {
  constructor(@Inject(SecurityEventSink) private readonly events: SecurityEventSink) {}
  @Post('prefs')
  @HttpCode(200)
  change(@Req() request: HttpRequest) {
    return strictBody(request, { news: { type: 'boolean' } });
  }
  @Get('without-status')
  withoutStatus() {
    throw new WithoutStatus('There is none.');
  }
  @Get('without-kind')
  withoutKind() {
    throw new WithoutKind('There is none.');
  }
  record(event: object): void {
    this.events.record(event as FeatureSecurityEvent);
  }
}
const prefs = (): AuthFeature => ({
  name: 'prefs',
  controllers: [PrefsController],
  bodies: { 'POST /prefs': 'json' },
  events: ['prefs.changed', 'prefs.asked'],
});

describe.each(ADAPTERS)('routes of a feature, on %s', (adapter) => {
  it('never see a body that was refused as none', async () => {
    const { url } = await startTestApp({ adapter, options: { features: [prefs()] } });
    const post = async (type: string, body: string) => {
      const init = { method: 'POST', headers: { 'content-type': type }, body };
      const answer = await fetch(`${url}/auth/prefs`, init);
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    expect(await post('application/json', '{"news":false}')).toEqual([200, undefined]);
    for (const [type, body] of [
      ['application/json', '{"news":'],
      ['application/json', 'x'.repeat(20_000)],
      ['text/plain', '{"news":false}'],
    ] as const)
      expect(await post(type, body)).toEqual([400, 'AUTH_REQUEST_INVALID']);
  });

  it('never answer an error of no status as a success', async () => {
    const { url } = await startTestApp({ adapter, options: { features: [prefs()] } });
    for (const route of ['without-status', 'without-kind'])
      expect((await fetch(`${url}/auth/${route}`)).status).toBe(500);
  });
});

describe('events of a feature', () => {
  const sinkOf = ({ app }: TestApp) => app.get(SecurityEventSink, { strict: false });
  const started = () =>
    startTestApp({ options: { stores: typeOrmStores({ audit: true }), features: [prefs()] } });

  it('are counted by the types that it declares, from the start', async () => {
    const app = await started();
    const counts = () => app.app.get(ProcessStatus).counts!.events as Record<string, number>;
    expect(counts()).toMatchObject({ 'prefs.changed': 0, 'prefs.asked': 0 });
    sinkOf(app).record({ type: 'prefs.changed', subject: 'ada' });
    sinkOf(app).record({ type: 'prefs.undeclared', subject: 'ada' });
    expect(counts()).toMatchObject({ 'prefs.changed': 1 });
    expect(counts()).not.toHaveProperty(['prefs.undeclared']);
  });

  it('keep nothing else out of the table, whatever they hold', async () => {
    const app = await started();
    const list = () => app.app.get(SecurityEvents).list('ada');
    const odd = { big: 1n, list: [1], text: 'x'.repeat(100_000), nul: 'a\0b', half: '\ud800', n: 1 };
    sinkOf(app).record({ type: `prefs.${'x'.repeat(60)}`, subject: 'ada', ...(odd as object) });
    // Written first: the database's clock says when a batch arrives, and a slow batch is later than a quick one.
    await list();
    sinkOf(app).record({ type: 'subject_changed', subject: 'ada', reason: 'roles' });
    const [other, first] = await list();
    expect(other!.type).toBe('subject_changed');
    expect(first!.type).toHaveLength(40);
    expect(first!.detail).toEqual({ text: 'x'.repeat(255), nul: 'ab', half: '\ufffd', n: 1 });
  });

  it('are kept a hundred times a minute of one type, and use up nothing of the subject', async () => {
    const app = await started();
    const sink = sinkOf(app);
    for (let i = 0; i < 300; i++) {
      sink.record({ type: 'prefs.asked', subject: null });
      sink.record({ type: 'prefs.asked', subject: 'ada' });
    }
    const list = () => app.app.get(SecurityEvents).list('ada', { limit: 1_000 });
    await list();
    sink.record({ type: 'prefs.changed', subject: 'ada' });
    await list();
    sink.record({ type: 'subject_changed', subject: 'ada', reason: 'roles' });
    const kept = await list();
    expect(kept.map(({ type }) => type).slice(0, 2)).toEqual(['subject_changed', 'prefs.changed']);
    expect(kept).toHaveLength(102);
    expect(await app.source.getRepository(AuthEvent).count()).toBe(202);
  });
});

describe('tables of a feature', () => {
  it('are not those of an entity of the application with the same name', async () => {
    class ServiceClient {
      id!: string;
    }
    Entity('own_clients')(ServiceClient);
    PrimaryColumn({ type: 'varchar' })(ServiceClient.prototype, 'id');
    const features = [serviceIssuer()];
    const { entities = [], ...connection } = testConnection('sqlite') as { entities?: unknown[] };
    const app = await startTestApp({
      connection: {
        ...connection,
        entities: [ServiceClient, ...entities],
        migrations: authMigrations(features),
      } as never,
      options: { features },
    });
    const clients = app.app.get(ServiceClients, { strict: false });
    await clients.register({ id: 'a-client', scopes: [], audiences: ['https://b.example.com'] });
    expect(await clients.list()).toHaveLength(1);
    expect(await app.source.query(`select name from sqlite_master where name like '%own_clients'`)).toEqual(
      [],
    );
  });
});
