// LiveSubscriptionInterceptor where it stands before everything, and where it has no connection to close.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { GraphQLModule, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { EventEmitter, on } from 'node:events';
import { AnyAuthGuard, CurrentUser, LiveSignIns, LiveSubscriptionInterceptor } from 'nestjs-aerie';
import { tokenOf } from '../nest-integration/credentials.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';
import { DRIVERS } from './drivers.js';
import { subscribe, subscriptionClient } from './subscription-client.js';

const events = new EventEmitter();

@Resolver()
@UseGuards(AnyAuthGuard)
class HostResolver {
  @Query(() => [String])
  list(@CurrentUser('id') id: string): readonly string[] {
    return [id];
  }

  @Mutation(() => String)
  change(@CurrentUser('id') id: string): Promise<string> {
    return Promise.resolve(id);
  }

  @Subscription(() => String, { resolve: ([text]: [string]) => text })
  heard() {
    return on(events, 'text');
  }

  /** A generator that waits for itself to be asked on, and answers nobody meanwhile. */
  @Subscription(() => String)
  async *silent() {
    yield { silent: 'first' };
    await new Promise<never>(() => undefined);
  }

  @Subscription(() => String)
  async *broken() {
    yield { broken: 'first' };
    throw new Error('the source is away');
  }
}

@Controller()
class HostController {
  @UseGuards(AnyAuthGuard)
  @Get('plain')
  plain(@CurrentUser('id') id: string) {
    return { id };
  }
}

describe.each(DRIVERS)('LiveSubscriptionInterceptor before everything, with $name', ({ name, ...driver }) => {
  let app: TestApp;
  let live: LiveSignIns;
  beforeAll(async () => {
    app = await startTestApp({
      adapter: driver.adapter,
      imports: [GraphQLModule.forRoot(driver.options)],
      controllers: [HostController],
      providers: [HostResolver, { provide: APP_INTERCEPTOR, useClass: LiveSubscriptionInterceptor }],
    });
    live = app.app.get(LiveSignIns);
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const signedIn = async () => {
    const token = await tokenOf(app, 'user-1');
    return { token, ...subscriptionClient(app.url, () => ({ authorization: `Bearer ${token}` })) };
  };

  it('lets requests, queries and mutations pass, and watches nothing for them', async () => {
    const { token: bearer } = await signedIn();
    expect((await app.client().get('/plain', { bearer })).body).toEqual({ id: 'user-1' });
    for (const [query, data] of [
      ['{ list }', { list: ['user-1'] }],
      ['mutation { change }', { change: 'user-1' }],
    ])
      expect((await app.client().post('/graphql', { json: { query }, bearer })).body).toEqual({ data });
    expect(live.size).toBe(0);
  });

  it('ends a subscription whose source says nothing', async () => {
    const { client, closed, closes } = await signedIn();
    const heard = subscribe({ client }, 'subscription { silent }');
    await until('the first is heard', () => heard.texts.length === 1);
    await app.authentication.endAllSignIns('user-1');
    expect(await heard.ended).toMatchObject([{ extensions: { code: 'AUTH_ACCESS_TOKEN_REVOKED' } }]);
    // Without the connection in the context it stays open: its next operation is refused.
    if (name === 'Mercurius') {
      expect(closes).toEqual([]);
      const next = subscribe({ client }, 'subscription { heard }');
      expect(await next.ended).toMatchObject([{ extensions: { code: 'AUTH_ACCESS_TOKEN_REVOKED' } }]);
    } else await closed;
    await client.dispose();
  });

  it('passes the failure of a source on', async () => {
    const { client } = await signedIn();
    const heard = subscribe({ client }, 'subscription { broken }');
    expect(await heard.ended).toMatchObject([{ message: 'the source is away' }]);
    expect(heard.texts).toEqual(['first']);
    expect(live.size).toBe(0);
    await client.dispose();
  });

  it('watches one credential once, and ends all of its subscriptions', async () => {
    const { client } = await signedIn();
    const subscribed = () => subscribe({ client }, 'subscription { heard }');
    const heard = [subscribed()];
    await until('the first runs', () => events.listenerCount('text') === 1);
    heard.push(...Array.from({ length: 9 }, subscribed));
    await until('all run', () => events.listenerCount('text') === 10);
    expect(live.size).toBe(1);
    await app.authentication.endAllSignIns('user-1');
    for (const { ended } of heard)
      expect(await ended).toMatchObject([{ extensions: { code: 'AUTH_ACCESS_TOKEN_REVOKED' } }]);
    expect([live.size, events.listenerCount('text')]).toEqual([0, 0]);
    await client.dispose();
  });
});
