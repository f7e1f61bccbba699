import { describe, expect, it } from '@jest/globals';
import { JwtAuthGuard } from 'nestjs-aerie';
import 'nestjs-aerie/testing';
import { BELOW_THE_EDGE, startTestApp } from '../support/test-app.js';
import { OverriddenController, standIn } from './request-user.js';

describe.each(BELOW_THE_EDGE)(
  'a guard that a test overrides, with nestjs-aerie/testing, on %s',
  (adapter) => {
    const start = (user: object) =>
      startTestApp({
        adapter,
        controllers: [OverriddenController],
        override: (builder) => builder.overrideGuard(JwtAuthGuard).useValue(standIn(user)),
      });

    it('gives @CurrentUser() the user that it set at request.user', async () => {
      const app = await start({ id: 'ada', email: 'ada@example.com' });
      const { body } = await app.client().get('/overridden/x');
      expect(body).toEqual({ user: { id: 'ada', email: 'ada@example.com' }, id: 'ada' });
      expect((await app.client().get('/open')).body).toEqual({ user: null });
      await app.close();
    });

    it('gives RolesGuard the roles of that user, and none where it has none', async () => {
      const editor = await start({ id: 'ada', roles: ['editor'] });
      expect((await editor.client().get('/edited')).body).toEqual({ id: 'ada' });
      await editor.close();
      const reader = await start({ id: 'ada' });
      expect((await reader.client().get('/edited')).status).toBe(403);
      await reader.close();
    });

    it('gives neither of them anything in production, where something else has loaded it', async () => {
      const app = await start({ id: 'ada', roles: ['editor'] });
      const { NODE_ENV: before } = process.env;
      process.env['NODE_ENV'] = 'production';
      try {
        expect((await app.client().get('/overridden/x')).body).toEqual({ user: null, id: null });
        expect((await app.client().get('/edited')).status).toBe(401);
      } finally {
        process.env['NODE_ENV'] = before;
      }
      await app.close();
    });
  },
);
