import { type ClientProxy, ClientProxyFactory, type TcpOptions, Transport } from '@nestjs/microservices';

/** The data of a message, and the access token of the user on whose behalf it is sent. */
export class SignedIn<T> {
  constructor(
    readonly data: T,
    readonly token: string,
  ) {}
}

interface Packet {
  readonly data?: unknown;
}

/** A packet over TCP has metadata beside its data (NestJS 12.1 and later): the token goes there. */
export function withMetadata(packet: Packet): Packet {
  const { data } = packet;
  if (!(data instanceof SignedIn)) return packet;
  return { ...packet, data: data.data, metadata: { authorization: `Bearer ${data.token}` } } as Packet;
}

/** For `app.connectMicroservice`. */
export const ordersOverTcp = (port: number): TcpOptions => ({
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port },
});

/** For a service that calls it: `client.send('orders.list', new SignedIn({}, token))`. */
export const tcpClient = (port: number): ClientProxy =>
  ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port, serializer: { serialize: withMetadata } },
  });
