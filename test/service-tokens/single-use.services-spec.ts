import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { ServiceAuthGuard } from 'nestjs-aerie';
import { ServiceClients, serviceIssuer } from 'nestjs-aerie/service-tokens';
import { Revocation } from 'nestjs-aerie/typeorm';
import { askWithAssertion, assertion, clientKey } from '../support/assertions.js';
import { askToken, basic, postForm, registered, serviceToken } from '../support/service-requests.js';
import { claimsOf } from '../support/sign-ins.js';
import { ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { freshPrefix, testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';
import { until } from '../support/until.js';
import { ServiceClient, SpentTokenId } from '../support/service-tables.js';

@Controller('internal')
@UseGuards(ServiceAuthGuard)
class InternalController {
  @Get()
  any() {
    return {};
  }
}

describe.each(['postgres', 'mariadb'] as const)('services on two nodes, on %s', (database) => {
  let nodes: TestApp[];
  const key = clientKey();
  beforeAll(async () => {
    const connection = testConnection(database, freshPrefix());
    const start = (adapter: 'express' | 'fastify') =>
      startTestApp({
        adapter,
        connection,
        controllers: [InternalController],
        options: { features: [serviceIssuer()] },
      });
    // One after the other: the first one makes the tables.
    nodes = [await start('express')];
    nodes.push(await start('fastify'));
    await clients(0).register({ id: 'keyed', scopes: [], audiences: [ISSUER], jwks: { keys: [key.jwk] } });
  });
  afterAll(async () => {
    await nodes[1]!.close();
    await dropTables(nodes[0]!.source);
    await nodes[0]!.close();
  });
  const clients = (node: number) => nodes[node]!.app.get(ServiceClients);
  const twenty = <T>(ask: (node: TestApp, i: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 20 }, (_, i) => ask(nodes[i % 2]!, i)));

  it('one assertion that is presented twenty times at once gives exactly one token', async () => {
    for (let round = 0; round < 8; round++) {
      const text = await assertion('keyed', key);
      const answers = await twenty((node) => askWithAssertion(node, text));
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 401)]);
    }
    expect(await nodes[0]!.source.getRepository(SpentTokenId).count()).toBe(8);
  });

  it('an id that is registered twenty times at once has one row, whose secret is the one that was given', async () => {
    for (let round = 0; round < 5; round++) {
      const id = `raced-${round}`;
      const outcomes = await twenty((node) =>
        node.app
          .get(ServiceClients)
          .register({ id, scopes: [], audiences: [ISSUER] })
          .then(({ secret }) => secret!)
          .catch((error: { code: string }) => error.code),
      );
      const secrets = outcomes.filter((outcome) => outcome !== 'AUTH_CONFIG_INVALID');
      expect(secrets).toEqual([expect.stringMatching(/^cs1_/)]);
      expect(await nodes[0]!.source.getRepository(ServiceClient).countBy({ id })).toBe(1);
      expect((await askToken(nodes[1]!, { id, secret: secrets[0]! })).status).toBe(200);
    }
  });

  it('one token that is revoked twenty times at once is announced once, and refused on the other node', async () => {
    const held = await registered(nodes[0]!, { id: 'revokes', scopes: [], audiences: [ISSUER] });
    const token = await serviceToken(nodes[0]!, held);
    const seen = async () => (await nodes[1]!.client().get('/internal', { bearer: token })).status;
    expect(await seen()).toBe(200);
    const answers = await twenty((node) => postForm(node, 'revoke', { token }, basic(held)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const value = claimsOf(token)['jti'] as string;
    expect(await nodes[0]!.source.getRepository(Revocation).countBy({ kind: 'token', value })).toBe(1);
    await until('the other node refuses it', async () => (await seen()) === 401);
  });

  it('changes of one client at the same time each move its epoch', async () => {
    await registered(nodes[0]!, { id: 'moved', scopes: [], audiences: [ISSUER] });
    const find = () => nodes[0]!.source.getRepository(ServiceClient).findOneByOrFail({ id: 'moved' });
    const before = await find();
    await twenty((node) => node.app.get(ServiceClients).rotateSecret('moved'));
    const after = await find();
    expect(after.epoch).toBeGreaterThanOrEqual(before.epoch + 20);
    const announced = await nodes[0]!.source
      .getRepository(Revocation)
      .findBy({ kind: 'client', value: 'moved' });
    // The newest says what those before it said, and has taken their place.
    expect(announced.map(({ epoch }) => epoch)).toEqual([after.epoch]);
  });

  it('a client is not found in other letters, whatever the collation', async () => {
    const held = await registered(nodes[0]!, { id: 'letters', scopes: [], audiences: [ISSUER] });
    expect(await clients(0).find('Letters')).toBeNull();
    expect(await clients(0).disable('LETTERS')).toBeNull();
    expect(await clients(0).remove('Letters')).toBe(false);
    expect((await askToken(nodes[0]!, { ...held, id: 'LETTERS' })).status).toBe(401);
    expect((await askToken(nodes[0]!, held)).status).toBe(200);
  });
});
