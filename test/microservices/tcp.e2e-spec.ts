import { describe, expect, it } from '@jest/globals';
import { type ClientProxy, ClientProxyFactory, TcpContext, Transport } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { OrdersController } from '../../examples/microservices/orders.js';
import { ordersOverTcp, SignedIn, withMetadata } from '../../examples/microservices/tcp.js';
import { freePort } from '../support/processes.js';
import { startTestApp } from '../support/test-app.js';
import { tokenOf } from '../nest-integration/credentials.js';
import { guardedMessages, refusedWith } from './messages.js';

/** Data with any metadata at all. */
class Raw {
  constructor(
    readonly data: unknown,
    readonly metadata: object,
  ) {}
}

const serialize = (packet: { data?: unknown }) =>
  packet.data instanceof Raw ? { ...packet, ...packet.data } : withMetadata(packet);

const clientOf = (port: number): ClientProxy =>
  ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port, serializer: { serialize } },
  });

/** Nest 12.1 gives it to handlers. */
if ('getMetadata' in TcpContext.prototype)
  describe('messages over TCP, with the token in their metadata', () => {
    guardedMessages(async () => {
      const port = await freePort();
      return {
        server: ordersOverTcp(port),
        client: () => clientOf(port),
        message: (data, fields) => new Raw(data, fields),
        signedIn: (data, token) => new SignedIn(data, token),
      };
    });
  });
else
  describe('messages over TCP, before Nest 12.1', () => {
    it('are refused with a token in their metadata, which Nest drops', async () => {
      const port = await freePort();
      const app = await startTestApp({
        controllers: [OrdersController],
        configure: (nest) => nest.connectMicroservice(ordersOverTcp(port)),
      });
      await app.app.startAllMicroservices();
      await app.users.add('ada');
      const client = clientOf(port);
      const message = new SignedIn({}, await tokenOf(app, 'user-1'));
      const refused = firstValueFrom(client.send('orders.list', message));
      await expect(refused).rejects.toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
      await client.close();
      await app.close();
    });
  });
