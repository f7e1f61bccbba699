import { describe, expect, it } from '@jest/globals';
import { type CanActivate, Controller, Get, Injectable, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AnyAuthGuard, MaxStaleness, Public, Roles, Scopes } from 'nestjs-aerie';
import { startTestApp, type TestAppInput } from '../support/test-app.js';
import { QuietLogger } from './host-application.js';

@Injectable()
class HostGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

@Controller('open')
class OpenController {
  @Roles('admin')
  @Get('roles')
  roles() {}

  @Scopes('notes:read')
  @Get('scopes')
  scopes() {}

  @MaxStaleness('0s')
  @Get('staleness')
  staleness() {}

  @Get('plain')
  plain() {}

  @Roles('admin')
  @UseGuards(AnyAuthGuard)
  @Get('guarded')
  guarded() {}

  @Roles('admin')
  @UseGuards(HostGuard)
  @Get('foreign')
  foreign() {}

  @Public()
  @Roles('admin')
  @Get('public')
  public() {}

  @Roles('admin')
  noRoute() {}
}

@Roles('admin')
@Controller('class')
class OpenClass {
  @Get('route')
  route() {}
}

@UseGuards(AnyAuthGuard)
@Controller('closed')
class ClosedClass {
  @Roles('admin')
  @Get('route')
  route() {}
}

async function warningsOf(input: TestAppInput): Promise<readonly string[]> {
  const logger = new QuietLogger();
  const app = await startTestApp({
    controllers: [OpenController, OpenClass, ClosedClass],
    ...input,
    configure: (nest) => {
      nest.useLogger(logger);
      input.configure?.(nest);
    },
  });
  await app.close();
  return logger.warnings.filter((warning) => warning.includes('no guard checks'));
}

describe('routes with @Roles, @Scopes or @MaxStaleness', () => {
  it('are named in one warning at boot where no guard checks them', async () => {
    const [warning, ...others] = await warningsOf({});
    expect(others).toEqual([]);
    expect(warning!.match(/\w+(Controller|Class)\.\w+/g)).toEqual([
      'OpenController.roles',
      'OpenController.scopes',
      'OpenController.staleness',
      'OpenClass.route',
    ]);
    expect(warning).toContain('@UseGuards(AnyAuthGuard)');
  });

  it.each<[string, TestAppInput]>([
    ['globalGuard', { options: { globalGuard: true } }],
    ['an APP_GUARD of the host', { providers: [{ provide: APP_GUARD, useClass: HostGuard }] }],
    ['useGlobalGuards', { configure: (nest) => nest.useGlobalGuards(new HostGuard()) }],
  ])('are not, with %s', async (_name, input) => {
    expect(await warningsOf(input)).toEqual([]);
  });
});
