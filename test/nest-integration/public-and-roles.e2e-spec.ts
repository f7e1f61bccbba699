import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Patch, Post, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import {
  AnyAuthGuard,
  CurrentUser,
  JwtAuthGuard,
  MaxStaleness,
  Public,
  Roles,
  RolesGuard,
  Scopes,
  ServiceAuthGuard,
} from 'nestjs-aerie';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { tokenOf } from './credentials.js';

@UseGuards(JwtAuthGuard)
@Controller('base')
class BaseController {
  @Get('closed')
  closed() {
    return 'reached';
  }

  @Public()
  @Get('open')
  open(@CurrentUser() user: unknown) {
    return user === undefined ? 'reached' : 'reached by somebody';
  }

  @Public()
  @Get('reopened')
  reopened() {
    return 'reached';
  }

  @Roles('admin')
  @Get('administered')
  administered() {
    return 'reached';
  }
}

/** Inherits the guard; what it overrides has its own decorators only. */
@Controller('derived')
class DerivedController extends BaseController {
  @Get('reopened')
  override reopened() {
    return 'reached';
  }

  @Roles('editor')
  @Get('administered')
  override administered() {
    return 'reached';
  }
}

@Public()
@Controller('published')
class PublishedController extends BaseController {}

@Public()
@UseGuards(AnyAuthGuard)
@Controller('lobby')
class LobbyController {
  @Get('open')
  open() {
    return 'reached';
  }

  @Roles('admin')
  @Get('vault')
  vault() {
    return 'reached';
  }
}

@Public()
@Controller('square')
class SquareController {
  @Get('open')
  open() {
    return 'reached';
  }

  @UseGuards(JwtAuthGuard)
  @Get('guarded')
  guarded() {
    return 'reached';
  }

  @MaxStaleness('0s')
  @UseGuards(new (class extends RolesGuard {})())
  @Get('fresh')
  fresh() {
    return 'reached';
  }

  @Scopes('square:write')
  @Get('scoped')
  scoped() {
    return 'reached';
  }

  @UseGuards(ServiceAuthGuard)
  @Get('services')
  services() {
    return 'reached';
  }

  @UseGuards(RolesGuard)
  @Get('roles-guard')
  rolesGuard() {
    return 'reached';
  }
}

/** Its guard is nearer than @Public of the class that it extends; so is the handler that it overrides. */
@UseGuards(JwtAuthGuard)
@Controller('tower')
class TowerController extends SquareController {
  @Public()
  @Get('reopened')
  reopened() {
    return 'reached';
  }
}

/** Says nothing itself. */
@Controller('annex')
class AnnexController extends TowerController {}

/** @Public is nearer than the guards of the classes that it extends. */
@Public()
@Controller('garden')
class GardenController extends TowerController {}

@Roles('admin', 'auditor')
@UseGuards(AnyAuthGuard)
@Controller('office')
class OfficeController {
  @Get('class')
  ofClass() {
    return 'reached';
  }

  @Roles('editor')
  @Get('handler')
  ofHandler() {
    return 'reached';
  }

  @Public()
  @Get('open')
  open() {
    return 'reached';
  }

  @Roles()
  @Get('nobody')
  nobody() {
    return 'reached';
  }
}

@Controller('branch')
class BranchController extends OfficeController {}

@Controller('alone')
class RolesGuardController {
  @Roles('editor')
  @UseGuards(RolesGuard)
  @Get('forgotten')
  forgotten() {
    return 'reached';
  }

  @UseGuards(RolesGuard)
  @Get('no-roles')
  noRoles() {
    return 'reached';
  }

  @Roles('editor')
  @UseGuards(AuthGuard('aerie-jwt'), RolesGuard)
  @Post('behind-passport')
  behindPassport() {
    return 'reached';
  }

  @Roles('admin')
  @UseGuards(AuthGuard('aerie-jwt'), RolesGuard)
  @Patch('behind-passport')
  administratedBehindPassport() {
    return 'reached';
  }

  @Roles('editor')
  @UseGuards(JwtAuthGuard, RolesGuard)
  @Get('both')
  both() {
    return 'reached';
  }
}

describe.each(BELOW_THE_EDGE)('the nearer of @Public and what asks who it is, on %s', (adapter) => {
  let app: TestApp;
  let bearer: string;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [SquareController, TowerController, AnnexController, GardenController],
      options: { globalGuard: true, features: [serviceIssuer()] },
    });
    await app.users.add('ada');
    bearer = await tokenOf(app, 'user-1');
  });
  afterAll(() => app.close());

  it.each([
    ['/square/open', '@Public on a class', 200, 200],
    ['/square/guarded', 'a guard on a handler, @Public on its class', 401, 200],
    ['/square/fresh', '@MaxStaleness on a handler, @Public on its class', 401, 200],
    ['/square/scoped', '@Scopes on a handler, @Public on its class', 401, 403],
    ['/square/services', 'a guard for services on a handler, @Public on its class', 401, 401],
    ['/square/roles-guard', 'RolesGuard, which skips authentication', 200, 200],
    ['/tower/open', 'a guard on a class, @Public on its base', 401, 200],
    ['/tower/reopened', '@Public on a handler, a guard on its class', 200, 200],
    ['/annex/open', 'a guard on a base, @Public on the base of that', 401, 200],
    ['/garden/open', '@Public on a class, a guard on its base', 200, 200],
    ['/garden/guarded', 'a guard on an inherited handler, @Public on the class', 401, 200],
  ])('%s: %s', async (path, _what, anonymous, known) => {
    expect((await app.client().get(path)).status).toBe(anonymous);
    expect((await app.client().get(path, { bearer })).status).toBe(known);
  });
});

describe.each(BELOW_THE_EDGE)('@Public and @Roles, on %s', (adapter) => {
  let app: TestApp;
  const tokens: Record<string, string | undefined> = {};

  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [
        BaseController,
        DerivedController,
        PublishedController,
        LobbyController,
        OfficeController,
        BranchController,
        RolesGuardController,
      ],
    });
    for (const [id, roles] of Object.entries({
      reader: [],
      editor: ['editor'],
      auditor: ['auditor'],
      admin: ['admin', 'editor'],
    })) {
      app.users.byId.set(id, { id, identifier: id, hash: '', roles, scopes: [], disabled: false });
      tokens[id] = await tokenOf(app, id);
    }
  });
  afterAll(() => app.close());

  const ask = (who: string, path: string, method = 'GET') => {
    const bearer = tokens[who];
    return app.client().send(method, path, bearer === undefined ? {} : { bearer });
  };
  const statuses = async (path: string, method?: string) => {
    const answers = ['nobody', 'reader', 'editor', 'auditor', 'admin'].map((who) => ask(who, path, method));
    return (await Promise.all(answers)).map(({ status }) => status);
  };

  it.each([
    ['/base/closed', 'a guarded class admits everybody who is signed in', [401, 200, 200, 200, 200]],
    ['/base/open', '@Public on a handler', [200, 200, 200, 200, 200]],
    ['/derived/open', '@Public on an inherited handler', [200, 200, 200, 200, 200]],
    ['/derived/closed', 'the guard of the base class', [401, 200, 200, 200, 200]],
    ['/base/reopened', '@Public on a handler that a subclass overrides', [200, 200, 200, 200, 200]],
    ['/derived/reopened', 'the override, which is not @Public', [401, 200, 200, 200, 200]],
    ['/published/closed', '@Public on the subclass', [200, 200, 200, 200, 200]],
    ['/lobby/open', '@Public on a class', [200, 200, 200, 200, 200]],
    ['/base/administered', '@Roles on a handler', [401, 403, 403, 403, 200]],
    ['/derived/administered', '@Roles of the override alone', [401, 403, 200, 403, 200]],
    ['/office/class', '@Roles on a class: any of them', [401, 403, 403, 200, 200]],
    ['/branch/class', '@Roles of a base class', [401, 403, 403, 200, 200]],
    ['/office/handler', '@Roles on a handler in place of its class', [401, 403, 200, 403, 200]],
    ['/branch/handler', '@Roles on an inherited handler', [401, 403, 200, 403, 200]],
    ['/office/open', '@Public on a handler of a class with roles', [200, 200, 200, 200, 200]],
    ['/office/nobody', '@Roles of none', [401, 403, 403, 403, 403]],
    ['/alone/both', 'RolesGuard behind a guard of ours', [401, 403, 200, 403, 200]],
    ['/alone/no-roles', 'RolesGuard without @Roles', [200, 200, 200, 200, 200]],
  ])('%s: %s', async (path, _what, expected) => {
    expect(await statuses(path)).toEqual(expected);
  });

  it('@Roles on a handler beats @Public on its class: the nearer decorator decides', async () => {
    expect(await statuses('/lobby/vault')).toEqual([401, 403, 403, 403, 200]);
  });

  it('RolesGuard alone refuses everybody, so that a forgotten guard is noticed', async () => {
    const answer = await ask('editor', '/alone/forgotten');
    expect(answer).toMatchObject({ status: 401, body: { code: 'AUTH_CREDENTIALS_MISSING' } });
    expect(await statuses('/alone/forgotten')).toEqual([401, 401, 401, 401, 401]);
  });

  it('RolesGuard knows the principal that the stock guard found through our strategy', async () => {
    expect(await statuses('/alone/behind-passport', 'POST')).toEqual([401, 403, 201, 403, 201]);
    expect(await statuses('/alone/behind-passport', 'PATCH')).toEqual([401, 403, 403, 403, 200]);
  });

  it('says that a role is missing, and not which', async () => {
    const { body, headers } = await ask('reader', '/office/class');
    expect(body).toEqual({ statusCode: 403, code: 'AUTH_FORBIDDEN', message: expect.any(String) });
    expect(JSON.stringify(body)).not.toMatch(/admin|auditor/);
    expect(headers.get('www-authenticate')).toBeNull();
  });

  it('skips authentication for a public handler, also with a bad credential', async () => {
    const answer = await app.client().get('/base/open', { bearer: 'not.a.token' });
    expect(answer).toMatchObject({ status: 200, body: 'reached' });
    const known = await ask('editor', '/base/open');
    expect(known.body).toBe('reached');
  });

  it('goes by the roles in the token until the application announces a change', async () => {
    app.users.byId.get('editor')!.roles = [];
    const before = await ask('editor', '/office/handler');
    await app.authentication.rolesChanged('editor');
    const after = await ask('editor', '/office/handler');
    app.users.byId.get('editor')!.roles = ['editor'];
    tokens['editor'] = await tokenOf(app, 'editor');
    expect(before.status).toBe(200);
    expect(after).toMatchObject({ status: 401, body: { code: 'AUTH_ACCESS_TOKEN_STALE' } });
  });
});
