import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RevocationByFeed } from 'nestjs-aerie/resource-server';
import { LogTrap } from '../support/log-trap.js';
import { signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { until } from '../support/until.js';
import { type Issuer, startIssuer } from './issuer.js';
import { type ResourceApp, startResourceApp } from './resource-app.js';
import { StandIn } from './stand-in.js';

const REVOKED = { status: 401, code: 'AUTH_ACCESS_TOKEN_REVOKED' };
const UNAVAILABLE = { status: 503, code: 'AUTH_STORE_UNAVAILABLE' };
const GOOD = { status: 200 };

const roads = new Set<Server>();

/** The way to an issuer, which a test cuts. */
async function startRoad(
  to: string,
): Promise<{ url: string; open: boolean; asked: { path: string; status: number }[] }> {
  const road = { url: '', open: true, asked: [] as { path: string; status: number }[] };
  const server = createServer((request, response) => {
    if (!road.open) return void request.socket.destroy();
    const onward = httpRequest(
      new URL(request.url!, to),
      { method: request.method!, headers: request.headers },
      (answer) => {
        road.asked.push({ path: request.url!, status: answer.statusCode! });
        response.writeHead(answer.statusCode!, answer.headers);
        answer.on('error', () => request.socket.destroy()).pipe(response);
      },
    );
    onward.on('error', () => request.socket.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  roads.add(server);
  road.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return road;
}

const started = async (
  issuer: Issuer,
  change: Partial<RevocationByFeed> = {},
  adapter?: 'express' | 'fastify',
  log?: LogTrap,
) =>
  startResourceApp({
    ...(log && { log }),
    ...(adapter && { adapter }),
    options: {
      jwksUri: issuer.jwksUri,
      revocation: {
        mode: 'feed',
        url: issuer.revocationsUrl,
        client: issuer.orders,
        pollInterval: '100ms',
        ...change,
      },
    },
  });
const tokenOf = async (issuer: Issuer): Promise<string> => (await signIn(issuer, 'tokens')).body.access_token;

describe.each(BELOW_THE_EDGE)('a resource server that follows the feed, on %s', (adapter) => {
  let issuer: Issuer;
  let service: ResourceApp;
  beforeAll(async () => {
    issuer = await startIssuer(adapter);
    service = await started(issuer, {}, adapter);
  });

  it('refuses a token within a poll of its sign-in having ended', async () => {
    const { client, body } = await signIn(issuer, 'tokens');
    expect(await service.get('/orders', body.access_token)).toMatchObject(GOOD);
    await client.post('/auth/logout', { json: { refresh_token: body.refresh_token } });
    await until(
      'the token is refused',
      async () => (await service.get('/orders', body.access_token)).status !== 200,
    );
    expect(await service.get('/orders', body.access_token)).toMatchObject(REVOKED);
  });

  it('refuses one at once where a route asks for it', async () => {
    const { client, body } = await signIn(issuer, 'tokens');
    expect(await service.get('/now', body.access_token)).toMatchObject(GOOD);
    await client.post('/auth/logout', { json: { refresh_token: body.refresh_token } });
    expect(await service.get('/now', body.access_token)).toMatchObject(REVOKED);
  });

  it('calls one stale when its subject has changed', async () => {
    const token = await tokenOf(issuer);
    await issuer.authentication.rolesChanged('user-1');
    expect(await service.get('/now', token)).toMatchObject({ status: 401, code: 'AUTH_ACCESS_TOKEN_STALE' });
    expect(await service.get('/now', await tokenOf(issuer))).toMatchObject(GOOD);
  });

  it('refuses everything that was issued before everything was revoked', async () => {
    const token = await tokenOf(issuer);
    await issuer.authentication.revokeEverything();
    expect(await service.get('/now', token)).toMatchObject(REVOKED);
    expect(await service.get('/now', await tokenOf(issuer))).toMatchObject(GOOD);
  });
});

describe('when the issuer is away, a resource server that follows the feed', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterAll(() => {
    for (const road of roads) road.close().closeAllConnections();
  });

  it('goes on until its knowledge is too old, then refuses, and comes back by itself', async () => {
    const road = await startRoad(issuer.url);
    const service = await started(issuer, { url: `${road.url}/auth/revocations`, maxStaleness: '2s' });
    const token = await tokenOf(issuer);
    expect(await service.get('/orders', token)).toMatchObject(GOOD);
    road.open = false;
    await until('the road is closed', async () => (await service.get('/now', token)).status === 503);
    expect(await service.get('/orders', token)).toMatchObject(GOOD);
    service.clock.pass(3_000);
    expect(await service.get('/orders', token)).toMatchObject(UNAVAILABLE);
    expect(await service.get('/public')).toMatchObject(GOOD);
    road.open = true;
    await until('the service is back', async () => (await service.get('/orders', token)).status === 200);
  });

  it('admits where it was told to, but nothing that is known to have ended', async () => {
    const road = await startRoad(issuer.url);
    const url = `${road.url}/auth/revocations`;
    const log = new LogTrap();
    const service = await started(issuer, { url, onUnavailable: 'allow' }, undefined, log);
    const { client, body } = await signIn(issuer, 'tokens');
    const [ended, token] = [body.access_token as string, await tokenOf(issuer)];
    await client.post('/auth/logout', { json: { refresh_token: body.refresh_token } });
    expect(await service.get('/now', ended)).toMatchObject(REVOKED);
    road.open = false;
    service.clock.pass(60_000);
    expect(await service.get('/orders', token)).toMatchObject(GOOD);
    expect(await service.get('/orders', ended)).toMatchObject(REVOKED);
    expect(await service.get('/now', token)).toMatchObject(UNAVAILABLE);
    expect(
      log.lines.filter((line) => /access tokens are admitted that may be revoked/.test(line)),
    ).toHaveLength(1);
  });

  it('starts without it, and answers 503 until it has been heard', async () => {
    const road = await startRoad(issuer.url);
    road.open = false;
    const service = await started(issuer, { url: `${road.url}/auth/revocations` });
    const token = await tokenOf(issuer);
    expect(await service.get('/orders', token)).toMatchObject(UNAVAILABLE);
    expect(await service.get('/orders', 'nonsense')).toMatchObject({ status: 401 });
    road.open = true;
    await until('the service is ready', async () => (await service.get('/orders', token)).status === 200);
  });

  it('is not sent again what it knows', async () => {
    const road = await startRoad(issuer.url);
    const service = await started(issuer, { url: `${road.url}/auth/revocations` });
    await until('five polls', () => road.asked.length > 4);
    // All of it, then what is new, which goes on to be nothing.
    expect(new Set(road.asked.slice(2).map(({ status }) => status))).toEqual(new Set([304]));
    expect(await service.get('/orders', await tokenOf(issuer))).toMatchObject(GOOD);
  });
});

describe('an answer that is no reading of the feed', () => {
  const good = { id: 1, kind: 'sign_in', value: 'a', epoch: null, created_at: 1, expires_at: 2 };
  const now = Date.now();
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no list', { now, revocations: {} }],
    ['no time', { revocations: [] }],
    ['an unknown kind', { now, revocations: [{ ...good, kind: 'everyone' }] }],
    ['a kind of Object', { now, revocations: [{ ...good, kind: 'constructor' }] }],
    ['an id that is a text', { now, revocations: [{ ...good, id: '1' }] }],
    ['ids out of order', { now, revocations: [{ ...good, id: 2 }, good] }],
    ['an epoch that is a text', { now, revocations: [{ ...good, kind: 'everything', epoch: '7' }] }],
    ['no epoch of everything', { now, revocations: [{ ...good, kind: 'everything' }] }],
    ['no epoch of a subject', { now, revocations: [{ ...good, kind: 'subject_stale' }] }],
    ['no epoch of a client', { now, revocations: [{ ...good, kind: 'client' }] }],
    [
      'a first page for each',
      { now, revocations: Array.from({ length: 5_000 }, (__, id) => ({ ...good, id: id + 1 })) },
    ],
    ['no end', { now, revocations: [{ ...good, expires_at: null }] }],
  ])('is refused: %s', async (_, body) => {
    const issuer = await startIssuer();
    const feed = await StandIn.start((__, response) => body ?? void response.end('<html>'));
    const service = await started(issuer, { url: feed.url });
    expect(await service.get('/orders', await tokenOf(issuer))).toMatchObject(UNAVAILABLE);
    feed.answer = () => ({ now: Date.now(), revocations: [good] });
    await until(
      'the feed is read',
      async () => (await service.get('/orders', await tokenOf(issuer))).status === 200,
    );
  });
});
