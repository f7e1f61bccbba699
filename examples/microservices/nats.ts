import { headers } from '@nats-io/transport-node';
import {
  type ClientProxy,
  ClientProxyFactory,
  type NatsOptions,
  type NatsRecord,
  NatsRecordBuilder,
  Transport,
} from '@nestjs/microservices';

/** For `app.connectMicroservice`. */
export const ordersOverNats = (server: string): NatsOptions => ({
  transport: Transport.NATS,
  options: { servers: [server] },
});

/** For a service that calls it: `client.send('orders.list', signedIn({}, token))`. */
export const natsClient = (server: string): ClientProxy =>
  ClientProxyFactory.create({ transport: Transport.NATS, options: { servers: [server] } });

/** A message on behalf of the user whose access token it is. */
export function signedIn<T>(data: T, token: string): NatsRecord<T> {
  const fields = headers();
  fields.set('authorization', `Bearer ${token}`);
  return new NatsRecordBuilder<T>(data).setHeaders(fields).build();
}
