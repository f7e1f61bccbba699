import { afterEach, describe, expect, it } from '@jest/globals';
import { createCache } from 'cache-manager';
import type { TokensResult } from 'nestjs-aerie';
import { claimsOf, refreshed, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { TestNodes } from './two-nodes.js';

const SECOND = 1_000;
const WINDOW = 30 * SECOND;
const STALENESS = 5 * SECOND;
const REVOKED = 'AUTH_ACCESS_TOKEN_REVOKED';

describe.each(BELOW_THE_EDGE)('accessTokens.endOnRotation, on %s', (adapter) => {
  let nodes: TestNodes;
  afterEach(() => nodes.close());
  const start = async (cached: boolean, options = {}) => {
    const cache = cached ? createCache() : undefined;
    const accessTokens = { endOnRotation: true };
    nodes = await TestNodes.start(adapter, [cache, cache], { accessTokens, ...options });
    return nodes.all[0]!;
  };
  const answers = async (tokens: readonly string[], node = 0, path: '/soon' | '/now' = '/now') => {
    const codes: string[] = [];
    for (const token of tokens) codes.push(await nodes.ask(node, token, path));
    return codes;
  };

  it.each([true, false])(
    'ends the generations before; the parent after the replay window (cache: %s)',
    async (cached) => {
      const app = await start(cached);
      const { body: first } = await signIn(app, 'tokens');
      const second = await refreshed(app, first.refresh_token);
      const third = await refreshed(app, second.refresh_token);
      const tokens = [first, second, third].map(({ access_token }) => access_token as string);
      expect(tokens.map((token) => claimsOf(token)['gen'])).toEqual([0, 1, 2]);
      for (const path of ['/now', '/soon'] as const)
        expect(await answers(tokens, 0, path)).toEqual([REVOKED, 'OK', 'OK']);
      nodes.time.pass(WINDOW + SECOND);
      for (const path of ['/soon', '/now'] as const)
        expect(await answers(tokens, 0, path)).toEqual([REVOKED, REVOKED, 'OK']);
    },
  );

  it('is known to another node within 5 s, at once when a newer token arrives there, exactly with 0s', async () => {
    const app = await start(true, { refreshTokens: { replayWindow: '0s' } });
    const { body: first } = await signIn(app, 'tokens');
    expect(await answers([first.access_token, first.access_token], 1, '/soon')).toEqual(['OK', 'OK']);
    nodes.time.pass(SECOND);
    const second = await refreshed(app, first.refresh_token);
    nodes.time.pass(SECOND);
    expect(await answers([first.access_token], 1, '/now')).toEqual([REVOKED]);
    const third = await refreshed(app, second.refresh_token);
    nodes.time.pass(SECOND);
    expect(await answers([third.access_token, second.access_token], 1, '/soon')).toEqual(['OK', REVOKED]);
    await refreshed(app, third.refresh_token);
    nodes.time.pass(STALENESS);
    expect(await answers([third.access_token], 1, '/soon')).toEqual([REVOKED]);
  });

  it('gives every outcome of a refresh the generation of the refresh token it comes with', async () => {
    const app = await start(true);
    const { body: first, id } = await signIn(app, 'tokens');
    const key = { 'idempotency-key': 'the-key-of-this-refresh-token' };
    const second = await refreshed(app, first.refresh_token, key);
    const replayed = await refreshed(app, first.refresh_token, key);
    expect([second, replayed].map(({ access_token }) => claimsOf(access_token)['gen'])).toEqual([1, 1]);
    nodes.stores.age(id, 10 * 60 * SECOND);
    const late = await refreshed(app, first.refresh_token, key);
    expect(late.refresh_token).not.toBe(second.refresh_token);
    expect(claimsOf(late.access_token)['gen']).toBe(1);
    expect(await answers([first, second, late].map(({ access_token }) => access_token as string))).toEqual([
      REVOKED,
      'OK',
      'OK',
    ]);
  });

  it('ends the former access token of a step-up at once: its window is closed', async () => {
    const app = await start(true);
    const { body } = await signIn(app, 'tokens');
    expect(await answers([body.access_token], 1, '/soon')).toEqual(['OK']);
    const stepped = (await app.authentication.stepUp('ada', { refreshToken: body.refresh_token }, [
      'otp',
    ])) as TokensResult;
    expect(claimsOf(stepped.accessToken)['gen']).toBe(1);
    for (const node of [0, 1])
      expect(await answers([body.access_token, stepped.accessToken], node, '/soon')).toEqual([REVOKED, 'OK']);
  });

  it('gives a sign-in that outlives a change of credentials the generation that it holds', async () => {
    const app = await start(true);
    const { body } = await signIn(app, 'tokens');
    const kept = (await app.authentication.credentialsChanged('ada', {
      keep: { refreshToken: body.refresh_token },
    })) as TokensResult;
    expect(claimsOf(kept.accessToken)['gen']).toBe(1);
    for (const node of [0, 1])
      expect(await answers([kept.accessToken, body.access_token], node, '/soon')).toEqual([
        'OK',
        'AUTH_ACCESS_TOKEN_STALE',
      ]);
  });

  it('judges a token that is older than the option by the rest alone', async () => {
    const cache = createCache();
    nodes = await TestNodes.start(adapter, [cache]);
    const app = nodes.all[0]!;
    const { body: first, id } = await signIn(app, 'tokens');
    expect(claimsOf(first.access_token)).not.toHaveProperty('gen');
    const { stores } = nodes;
    const turnedOn = await TestNodes.start(
      adapter,
      [cache],
      { accessTokens: { endOnRotation: true } },
      undefined,
      stores,
    );
    const second = await refreshed(turnedOn.all[0]!, first.refresh_token);
    await refreshed(turnedOn.all[0]!, second.refresh_token);
    expect(await turnedOn.ask(0, first.access_token, '/now')).toBe('OK');
    await turnedOn.all[0]!.authentication.endSignIn('ada', id);
    expect(await turnedOn.ask(0, first.access_token, '/now')).toBe(REVOKED);
    await turnedOn.close();
  });

  it('is not there unless it is asked for', async () => {
    nodes = await TestNodes.start(adapter, [undefined]);
    const app = nodes.all[0]!;
    const { body: first } = await signIn(app, 'tokens');
    const second = await refreshed(app, first.refresh_token);
    await refreshed(app, second.refresh_token);
    expect(await answers([first.access_token])).toEqual(['OK']);
  });
});
