import { afterEach, describe, expect, it } from '@jest/globals';
import { createCache } from 'cache-manager';
import { LogTrap } from '../support/log-trap.js';
import { refresh, refreshed, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { TestNodes } from './two-nodes.js';

const SECOND = 1_000;
const STALENESS = 5 * SECOND;
const REVOKED = 'AUTH_ACCESS_TOKEN_REVOKED';
const STALE = 'AUTH_ACCESS_TOKEN_STALE';

describe.each(BELOW_THE_EDGE)('lookup mode with a cache, on %s', (adapter) => {
  let nodes: TestNodes;
  afterEach(() => nodes.close());
  const start = async (caches = [createCache()], options = {}) => {
    nodes = await TestNodes.start(adapter, [caches[0], caches.at(-1)], options);
    return nodes.all;
  };
  const reads = async (work: () => Promise<unknown>): Promise<number> => {
    const before = nodes.stores.reads;
    await work();
    return nodes.stores.reads - before;
  };

  it('reads the table once for all nodes, and again when the record is too old', async () => {
    const [app] = await start();
    const { body } = await signIn(app!, 'tokens');
    // A node that has never asked the store does not know its time.
    await nodes.ask(1, body.access_token, '/now');
    const asking = async () => {
      for (const node of [0, 1, 0, 1]) expect(await nodes.ask(node, body.access_token)).toBe('OK');
    };
    expect(await reads(asking)).toBeLessThanOrEqual(1);
    expect(await reads(asking)).toBe(0);
    nodes.time.pass(STALENESS);
    expect(await reads(asking)).toBe(1);
  });

  it("asks the table with every request where the route says '0s', or the options do", async () => {
    const [app] = await start();
    const { body } = await signIn(app!, 'tokens');
    const three = async () => {
      for (const _again of [1, 2, 3]) expect(await nodes.ask(0, body.access_token, '/now')).toBe('OK');
    };
    expect(await reads(three)).toBe(3);
    await nodes.close();
    const [strict] = await start([createCache()], { revocation: { mode: 'lookup', maxStaleness: '0s' } });
    const other = await signIn(strict!, 'tokens');
    expect(
      await reads(async () => {
        for (const _again of [1, 2, 3]) await nodes.ask(0, other.body.access_token);
      }),
    ).toBe(3);
  });

  describe.each<[string, string, (id: string, refreshToken: string) => Promise<unknown>]>([
    ['a logout', REVOKED, async (id) => nodes.all[0]!.authentication.endSignIn('ada', id)],
    ['the end of all', REVOKED, async () => nodes.all[0]!.authentication.endAllSignIns('ada')],
    ['a disabled user', REVOKED, async () => nodes.all[0]!.authentication.userDisabled('ada')],
    ['changed credentials', REVOKED, async () => nodes.all[0]!.authentication.credentialsChanged('ada')],
    ['a forgotten subject', REVOKED, async () => nodes.all[0]!.authentication.forgetSubject('ada')],
    [
      'a refresh token used again',
      REVOKED,
      async (_, token) => {
        const second = await refreshed(nodes.all[0]!, token);
        await refreshed(nodes.all[0]!, second.refresh_token);
        expect((await refresh(nodes.all[0]!, token)).status).toBe(401);
      },
    ],
    ['the end of the others', STALE, async (id) => nodes.all[0]!.authentication.endOtherSignIns('ada', id)],
    ['changed roles', STALE, async () => nodes.all[0]!.authentication.rolesChanged('ada')],
  ])('%s', (_, code, end) => {
    const given = async () => {
      const { body, id } = await signIn(nodes.all[0]!, 'tokens');
      for (const node of [0, 1, 0, 1]) expect(await nodes.ask(node, body.access_token)).toBe('OK');
      return { ...body, id };
    };

    it('is known to every node at once', async () => {
      await start();
      const { access_token, refresh_token, id } = await given();
      await end(id, refresh_token);
      for (const node of [0, 1]) expect(await nodes.ask(node, access_token)).toBe(code);
    });

    it('is known here at once and elsewhere within 5 s, when the nodes have no cache in common', async () => {
      await start([createCache(), createCache()]);
      const { access_token, refresh_token, id } = await given();
      await end(id, refresh_token);
      expect(await nodes.ask(0, access_token)).toBe(code);
      expect(await nodes.ask(1, access_token, '/now')).toBe(code);
      nodes.time.pass(STALENESS);
      expect(await nodes.ask(1, access_token)).toBe(code);
    });
  });

  it('"revoke everything" is known here at once, and elsewhere within 5 s', async () => {
    const [app] = await start();
    const { body } = await signIn(app!, 'tokens');
    for (const node of [0, 1]) expect(await nodes.ask(node, body.access_token)).toBe('OK');
    await app!.authentication.revokeEverything();
    expect(await nodes.ask(0, body.access_token)).toBe(REVOKED);
    expect(await nodes.ask(1, body.access_token, '/now')).toBe(REVOKED);
    nodes.time.pass(STALENESS);
    expect(await nodes.ask(1, body.access_token)).toBe(REVOKED);
  });

  it('a sign-in of somebody else is not touched by any of it', async () => {
    const [app] = await start();
    const one = await signIn(app!, 'tokens');
    const two = await signIn(app!, 'tokens');
    await nodes.ask(0, two.body.access_token);
    await app!.authentication.endSignIn('ada', one.id);
    expect(await reads(() => nodes.ask(0, two.body.access_token))).toBe(0);
  });

  it('boots with a cache that holds nothing, says so once, and asks the table', async () => {
    const log = new LogTrap();
    const nothing = { get: async () => undefined, set: async () => undefined, del: async () => undefined };
    nodes = await TestNodes.start(adapter, [nothing], {}, log);
    expect(log.lines.filter((line) => line.includes('"cache"'))).toHaveLength(1);
    const { body, id } = await signIn(nodes.all[0]!, 'tokens');
    expect(await nodes.ask(0, body.access_token)).toBe('OK');
    await nodes.all[0]!.authentication.endSignIn('ada', id);
    expect(await nodes.ask(0, body.access_token)).toBe(REVOKED);
  });

  it('boots in silence with one that holds what is written', async () => {
    const log = new LogTrap();
    nodes = await TestNodes.start(adapter, [createCache()], {}, log);
    expect(log.lines.filter((line) => line.includes('"cache"'))).toEqual([]);
  });
});
