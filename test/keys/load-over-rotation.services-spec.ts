import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Nodes } from '../support/nodes.js';
import { ServiceNodes } from '../support/service-nodes.js';
import { ISSUER } from '../support/test-app.js';
import type { Credentials, TestNode } from '../support/test-node.js';
import { timedRequest } from '../support/timed-request.js';
import { until } from '../support/until.js';

// Processes start: a limit that only a hang reaches.
jest.setTimeout(180_000);

const SERVICE_AUDIENCE = 'https://orders.example.com';
const WORKERS = 4;

/** What the workers did, and what they were refused. */
class Load {
  requests = 0;
  readonly failures: string[] = [];
  readonly kids = new Set<string>();
  private running = true;
  private readonly workers: Promise<void>[] = [];

  /** Repeats this until the load ends. */
  add(step: (turn: number) => Promise<void>): void {
    const work = async (): Promise<void> => {
      for (let turn = 0; this.running; turn++) await step(turn);
    };
    this.workers.push(work());
  }

  expect(what: string, status: number, wanted = 200): void {
    this.requests++;
    if (status !== wanted) this.failures.push(`${what}: ${status}`);
  }

  signed(token: string): void {
    this.kids.add(JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid as string);
  }

  async end(): Promise<void> {
    this.running = false;
    await Promise.all(this.workers);
  }
}

/** Two processes that issue and two that verify; while people and services ask all of them, the keys rotate twice. */
describe('keys that rotate under load', () => {
  let issuers: Nodes;
  let services: ServiceNodes;
  let secret: string;
  const load = new Load();

  beforeAll(async () => {
    issuers = await Nodes.start(2, {
      database: 'postgres',
      options: {
        services: true,
        managedKeys: { rotateEvery: '1h', announce: '2s' },
        accessTokens: { audience: [ISSUER, SERVICE_AUDIENCE] },
      } as object,
    });
    const { url } = issuers.all[0]!;
    const registration = { audiences: [ISSUER, SERVICE_AUDIENCE], scopes: ['revocations'] };
    const registered = await issuers.all[0]!.control('register-client', { id: 'orders', ...registration });
    secret = registered.body.secret as string;
    const client = { clientId: 'orders', secret, tokenUrl: `${url}/auth/token` };
    const options = {
      issuer: ISSUER,
      audience: SERVICE_AUDIENCE,
      jwksUri: `${url}/.well-known/jwks.json`,
      keys: { cooldown: '1s' },
      revocation: { mode: 'feed', url: `${url}/auth/revocations`, client },
    } as const;
    services = await ServiceNodes.start([options, options]);
  });
  afterAll(async () => {
    await services?.close();
    await issuers?.close();
  });

  const one = <T>(of: readonly T[], turn: number): T => of[turn % of.length]!;
  const asks = async (path: string, turn: number, token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    load.expect(path, (await timedRequest(one(services.urls, turn) + path, { headers })).status);
  };

  /** A person: what an issuer gave is good on the other one and at both services. */
  async function person(node: (turn: number) => TestNode): Promise<void> {
    let held: Credentials = await node(0).signIn(randomUUID(), 'tokens');
    load.add(async (turn) => {
      if (turn % 5 === 4) {
        const { status, body } = await node(turn).refresh(held);
        load.expect('refresh', status);
        if (status === 200)
          held = { ...held, accessToken: body.access_token, refreshToken: body.refresh_token };
      }
      load.signed(held.accessToken!);
      load.expect('/jwt', (await node(turn + 1).request('/jwt', { credentials: held })).status);
      await asks('/user', turn, held.accessToken!);
    });
  }

  /** A service: a token of its own from either issuer, used at both services. */
  function service(node: (turn: number) => TestNode): void {
    const authorization = `Basic ${Buffer.from(`orders:${secret}`).toString('base64')}`;
    load.add(async (turn) => {
      const body = new URLSearchParams({ grant_type: 'client_credentials', audience: SERVICE_AUDIENCE });
      const response = await fetch(`${node(turn).url}/auth/token`, {
        method: 'POST',
        body,
        headers: { authorization },
      });
      load.expect('/auth/token', response.status);
      const { access_token: token } = (await response.json()) as { access_token: string };
      load.signed(token);
      for (const next of [0, 1]) await asks('/service', turn + next, token);
    });
  }

  it('fail no request, at the issuers and at the services', async () => {
    const node = (turn: number) => one(issuers.all, turn);
    for (let i = 0; i < WORKERS; i++) {
      await person((turn) => node(turn + i));
      service((turn) => node(turn + i));
    }
    for (const keys of [2, 3]) {
      await Promise.all(issuers.all.map((issuer) => issuer.control('rotate-keys')));
      await until(`${keys} keys have signed`, () => load.kids.size === keys);
      const enough = load.requests + 200;
      await until('the new key is in use', () => load.requests > enough);
    }
    await load.end();
    expect(load.failures).toEqual([]);
    expect(load.kids.size).toBe(3);
    expect(load.requests).toBeGreaterThan(600);
  });
});
