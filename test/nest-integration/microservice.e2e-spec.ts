import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import {
  ClientProxyFactory,
  type ClientProxy,
  MessagePattern,
  Payload,
  type TcpOptions,
  Transport,
} from '@nestjs/microservices';
import {
  AnyAuthGuard,
  AuthenticationService,
  CurrentUser,
  JwtAuthGuard,
  Public,
  Roles,
  RolesGuard,
} from 'nestjs-aerie';
import { createServer } from 'node:net';
import { firstValueFrom, timeout } from 'rxjs';
import { BELOW_THE_EDGE, type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { tokenOf } from './credentials.js';

/** Messages have no headers: this host sends the token in the payload. */
@Injectable()
class PayloadTokenGuard extends JwtAuthGuard {
  override getRequest(context: ExecutionContext): unknown {
    const { token } = context.switchToRpc().getData<{ token?: string }>();
    return { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } };
  }
}

@Controller()
class MessageController {
  constructor(private readonly authentication: AuthenticationService) {}

  @MessagePattern('plain')
  plain() {
    return 'reached';
  }

  @Public()
  @MessagePattern('open')
  open() {
    return 'reached';
  }

  @UseGuards(JwtAuthGuard)
  @MessagePattern('jwt')
  jwt() {
    return 'reached';
  }

  @UseGuards(AnyAuthGuard)
  @MessagePattern('any')
  any() {
    return 'reached';
  }

  @UseGuards(RolesGuard)
  @Roles('editor')
  @MessagePattern('forgotten')
  forgotten() {
    return 'reached';
  }

  @UseGuards(PayloadTokenGuard)
  @MessagePattern('whoami')
  whoami(@CurrentUser('id') id: string, @Payload('text') text: string) {
    return { id, text };
  }

  @UseGuards(PayloadTokenGuard)
  @Roles('admin')
  @MessagePattern('administered')
  administered() {
    return 'reached';
  }

  @Public()
  @MessagePattern('end')
  async end() {
    await this.authentication.endSignIn('user-1', 'no-such-sign-in');
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Served {
  readonly app: TestApp;
  readonly client: ClientProxy;
}

async function serve(adapter: Adapter, globalGuard: boolean): Promise<Served> {
  const options: TcpOptions = {
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port: await freePort() },
  };
  const app = await startTestApp({
    adapter,
    options: { globalGuard },
    controllers: [MessageController],
    configure: (nest) => nest.connectMicroservice(options, { inheritAppConfig: globalGuard }),
  });
  await app.app.startAllMicroservices();
  await app.users.add('ada', undefined, { roles: ['editor'] });
  return { app, client: ClientProxyFactory.create(options as never) as unknown as ClientProxy };
}

const refusedWith = (code: string) => ({ status: 'error', code, message: expect.any(String) });
const ask = (client: ClientProxy, pattern: string, payload: object = {}) =>
  firstValueFrom(client.send<unknown>(pattern, payload).pipe(timeout(3_000)));

describe.each(BELOW_THE_EDGE)('handlers of messages, beside %s', (adapter) => {
  let served: Served;
  beforeAll(async () => {
    served = await serve(adapter, false);
  });
  afterAll(async () => {
    await served.client.close();
    await served.app.close();
  });

  it.each(['jwt', 'any', 'forgotten', 'whoami'])('%s is refused without credentials', async (pattern) => {
    await expect(ask(served.client, pattern)).rejects.toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
  });

  it('a handler without a guard is reached', async () => {
    expect(await ask(served.client, 'plain')).toBe('reached');
  });

  it('a subclass reads the token from where the host puts it', async () => {
    const token = await tokenOf(served.app, 'user-1');
    const payload = { token, text: 'hello' };
    expect(await ask(served.client, 'whoami', payload)).toEqual({ id: 'user-1', text: 'hello' });
    const bad = ask(served.client, 'whoami', { token: 'not.a.token' });
    await expect(bad).rejects.toEqual(refusedWith('AUTH_ACCESS_TOKEN_INVALID'));
    const missingRole = ask(served.client, 'administered', { token });
    await expect(missingRole).rejects.toEqual(refusedWith('AUTH_FORBIDDEN'));
  });

  it('no message is answered with the user of the one before', async () => {
    const token = await tokenOf(served.app, 'user-1');
    await ask(served.client, 'whoami', { token });
    await expect(ask(served.client, 'whoami')).rejects.toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
    await expect(ask(served.client, 'forgotten')).rejects.toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
  });

  it('the token of a sign-in that has ended is refused', async () => {
    const token = await tokenOf(served.app, 'user-1');
    await served.app.authentication.endAllSignIns('user-1');
    const revoked = ask(served.client, 'whoami', { token });
    await expect(revoked).rejects.toEqual(refusedWith('AUTH_ACCESS_TOKEN_REVOKED'));
  });
});

describe.each(BELOW_THE_EDGE)('handlers of messages that inherit globalGuard: true, beside %s', (adapter) => {
  let served: Served;
  beforeAll(async () => {
    served = await serve(adapter, true);
  });
  afterAll(async () => {
    await served.client.close();
    await served.app.close();
  });

  it('are closed without any decorator, and open where they are @Public', async () => {
    await expect(ask(served.client, 'plain')).rejects.toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
    expect(await ask(served.client, 'open')).toBe('reached');
  });

  it('answer what the façade throws by its code', async () => {
    await expect(ask(served.client, 'end')).rejects.toEqual(refusedWith('AUTH_SIGN_IN_NOT_FOUND'));
  });
});
