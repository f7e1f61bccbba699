import { describe } from '@jest/globals';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { ordersOverTcp, SignedIn, withMetadata } from '../../examples/microservices/tcp.js';
import { freePort } from '../support/processes.js';
import { guardedMessages } from './messages.js';

/** Data with any metadata at all. */
class Raw {
  constructor(
    readonly data: unknown,
    readonly metadata: object,
  ) {}
}

const serialize = (packet: { data?: unknown }) =>
  packet.data instanceof Raw ? { ...packet, ...packet.data } : withMetadata(packet);

describe('messages over TCP, with the token in their metadata', () => {
  guardedMessages(async () => {
    const port = await freePort();
    return {
      server: ordersOverTcp(port),
      client: () =>
        ClientProxyFactory.create({
          transport: Transport.TCP,
          options: { host: '127.0.0.1', port, serializer: { serialize } },
        }),
      message: (data, fields) => new Raw(data, fields),
      signedIn: (data, token) => new SignedIn(data, token),
    };
  });
});
