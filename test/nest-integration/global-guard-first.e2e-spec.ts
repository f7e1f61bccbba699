import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  Scope,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { JwtAuthGuard, Public, RolesGuard } from 'nestjs-aerie';
import { ADAPTERS, type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { tokenOf } from './credentials.js';
import { QuietLogger } from './host-application.js';

/** Whom the guards of the host found, in their order. */
const seen: string[] = [];

class HostGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<{ user?: { id: string } }>();
    seen.push(`${this.constructor.name}: ${user?.id ?? 'nobody'}`);
    return true;
  }
}
@Injectable()
class ByClass extends HostGuard {}
@Injectable({ scope: Scope.REQUEST })
class ByRequest extends HostGuard {}
@Injectable()
class ByExisting extends HostGuard {}
class ByCall extends HostGuard {}

@Module({ providers: [ByExisting, { provide: APP_GUARD, useExisting: ByExisting }] })
class EarlierModule {}

@Controller()
class PlainController {
  @Get('plain')
  plain() {
    return {};
  }
}

@Controller()
class BaseMessages {
  @MessagePattern('inherited')
  inherited() {}

  @MessagePattern('overridden')
  overridden() {}
}

@Controller()
class OpenMessages extends BaseMessages {
  @MessagePattern('open')
  open() {}

  @EventPattern('happened')
  happened(_data: unknown) {}

  @UseGuards(RolesGuard)
  @MessagePattern('roles')
  roles() {}

  @UseGuards(JwtAuthGuard)
  @MessagePattern('overridden')
  override overridden() {}

  @Public()
  @MessagePattern('published')
  published() {}

  @Get('route')
  route() {}
}

@UseGuards(JwtAuthGuard)
@Controller()
class GuardedMessages extends BaseMessages {}

describe.each(ADAPTERS)('globalGuard: true beside guards of the host, on %s', (adapter: Adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      options: { globalGuard: true },
      imports: [EarlierModule],
      controllers: [PlainController],
      providers: [
        { provide: APP_GUARD, useClass: ByRequest },
        { provide: APP_GUARD, useClass: ByClass },
      ],
      configure: (nest) => nest.useGlobalGuards(new ByCall()),
    });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  it('comes before them: they find the user', async () => {
    seen.length = 0;
    const bearer = await tokenOf(app, 'user-1');
    expect((await app.client().get('/plain', { bearer })).status).toBe(200);
    expect(seen.sort()).toEqual(
      ['ByCall', 'ByClass', 'ByExisting', 'ByRequest'].map((name) => `${name}: user-1`),
    );
  });

  it('and whom it refuses never reaches them', async () => {
    seen.length = 0;
    expect((await app.client().get('/plain')).status).toBe(401);
    expect(seen).toEqual([]);
  });
});

describe('message handlers of a hybrid application', () => {
  const warningsOf = async (globalGuard: boolean): Promise<readonly string[]> => {
    const logger = new QuietLogger();
    const app = await startTestApp({
      options: { globalGuard },
      controllers: [OpenMessages, GuardedMessages],
      configure: (nest) => nest.useLogger(logger),
    });
    await app.close();
    return logger.warnings.filter((warning) => warning.includes('message handlers'));
  };

  it('are named in a warning where neither a guard of ours nor @Public is on them', async () => {
    const [warning, ...others] = await warningsOf(true);
    expect(others).toEqual([]);
    const names = warning!.match(/\w+Messages\.\w+/g);
    expect(names?.sort()).toEqual(
      ['happened', 'inherited', 'open', 'roles'].map((name) => `OpenMessages.${name}`),
    );
    expect(warning).toContain('inheritAppConfig: true');
  });

  it('are not, without globalGuard', async () => {
    expect(await warningsOf(false)).toEqual([]);
  });
});
