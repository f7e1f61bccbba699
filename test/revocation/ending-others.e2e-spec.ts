import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthSubject, Revocation } from 'nestjs-aerie/typeorm';
import { signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

/** A user who stays signed in can end all other sign-ins as often as they like: it must not cost other users anything. */
describe.each(BELOW_THE_EDGE)(
  'POST /auth/logout-all with except_current, again and again, with %s',
  (adapter) => {
    let app: TestApp;
    afterEach(() => app.close());
    const started = async (): Promise<void> => {
      app = await startTestApp({
        adapter,
        options: { revocation: { pollInterval: '60s', maxStaleness: '60s' } },
      });
      for (const name of ['ada', 'bob']) await app.users.add(name);
    };
    const rows = () => app.source.getRepository(Revocation).find({ order: { id: 'asc' } });
    const moved = async (ms: number): Promise<void> => {
      const subjects = app.source.getRepository(AuthSubject);
      const row = (await subjects.findOneByOrFail({ subject: 'user-1' })) as { epoch: number };
      await subjects.update({ subject: 'user-1' }, { epoch: row.epoch - ms });
    };

    it('writes nothing while nothing ends and the last time is less than a second ago', async () => {
      await started();
      const { client } = await signIn(app, 'session');
      const other = await signIn(app, 'tokens');
      const endOthers = () => client.post('/auth/logout-all', { json: { except_current: true } });
      expect((await endOthers()).status).toBe(204);
      expect(await statusOf(app, other.body.access_token)).toBe(401);
      // The last move stays less than a second ago, however slow this machine is.
      await moved(-60_000);
      const before = await rows();
      const events = app.events.length;
      for (const answer of await Promise.all(Array.from({ length: 50 }, endOthers)))
        expect(answer.status).toBe(204);
      expect(await rows()).toEqual(before);
      expect(app.events).toHaveLength(events);
      expect((await client.get('/auth/me')).status).toBe(200);
    });

    it('ends what there is to end at any time', async () => {
      await started();
      const { client } = await signIn(app, 'session');
      for (let i = 0; i < 5; i++) {
        const other = await signIn(app, 'tokens');
        const { status } = await client.post('/auth/logout-all', { json: { except_current: true } });
        expect(status).toBe(204);
        expect(await statusOf(app, other.body.access_token)).toBe(401);
      }
    });

    it('leaves one revocation of the subject, under an id of its own', async () => {
      await started();
      const { client } = await signIn(app, 'session');
      const bob = await signIn(app, 'tokens', 'bob');
      const ids: number[] = [];
      for (let i = 0; i < 5; i++) {
        await moved(2_000);
        await client.post('/auth/logout-all', { json: { except_current: true } });
        const [one, ...more] = await rows();
        expect(more).toEqual([]);
        ids.push(one!.id);
      }
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      expect(await statusOf(app, bob.body.access_token)).toBe(200);
    });
  },
);
