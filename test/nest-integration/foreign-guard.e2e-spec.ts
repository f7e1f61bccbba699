/** Without `nestjs-aerie/testing`: as an application runs. */
import { describe, expect, it } from '@jest/globals';
import { JwtAuthGuard } from 'nestjs-aerie';
import { ADAPTERS, startTestApp } from '../support/test-app.js';
import { tokenOf } from './credentials.js';
import { QuietLogger } from './host-application.js';
import { OverriddenController, standIn } from './request-user.js';

const SECRET_PATH = 'a-secret-of-the-path';

describe.each(ADAPTERS)('a guard that is not ours and sets request.user, on %s', (adapter) => {
  it('gives @CurrentUser() nothing, and is named once for each route', async () => {
    const logger = new QuietLogger();
    const prefix = adapter === 'express' ? 'e' : 'f';
    const app = await startTestApp({
      adapter,
      controllers: [OverriddenController],
      override: (builder) =>
        builder.overrideGuard(JwtAuthGuard).useValue(standIn({ id: 'ada', roles: ['editor'] })),
      configure: (nest) => nest.setGlobalPrefix(prefix).useLogger(logger),
    });
    for (let round = 0; round < 3; round++) {
      const { body } = await app.client().get(`/${prefix}/overridden/${SECRET_PATH}`);
      expect(body).toEqual({ user: null, id: null });
      expect((await app.client().get(`/${prefix}/other`)).body).toEqual({ id: null });
      expect((await app.client().get(`/${prefix}/edited`)).status).toBe(401);
    }
    await app.close();
    const warnings = logger.warnings.filter((warning) => warning.includes('@CurrentUser()'));
    expect(warnings).toHaveLength(3);
    for (const path of ['overridden/:secret', 'other', 'edited'])
      expect(warnings.join('\n')).toContain(`GET /${prefix}/${path}:`);
    expect(warnings.join('\n')).not.toContain(SECRET_PATH);
    expect(warnings[0]).toContain('nestjs-aerie/testing');
  });

  it('is not warned about where our guards decide, and where there is no user', async () => {
    const logger = new QuietLogger();
    const app = await startTestApp({
      adapter,
      controllers: [OverriddenController],
      configure: (nest) => nest.useLogger(logger),
    });
    await app.users.add('ada');
    const bearer = await tokenOf(app, 'user-1');
    expect((await app.client().get('/other', { bearer })).body).toEqual({ id: 'user-1' });
    expect((await app.client().get('/open', { bearer })).body).toEqual({ user: null });
    await app.close();
    expect(logger.warnings.filter((warning) => warning.includes('@CurrentUser()'))).toEqual([]);
  });
});
