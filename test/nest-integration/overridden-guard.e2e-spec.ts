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
  },
);
