import { afterAll, beforeAll, describe } from '@jest/globals';
import { headers } from '@nats-io/transport-node';
import { NatsRecordBuilder } from '@nestjs/microservices';
import { natsClient, ordersOverNats, signedIn } from '../../examples/microservices/nats.js';
import { OwnNats } from '../support/servers/own-nats.js';
import { guardedMessages } from './messages.js';

describe('messages over NATS, with the token in their headers', () => {
  let nats: OwnNats;
  beforeAll(async () => {
    nats = await OwnNats.start();
  });
  afterAll(() => nats.close());

  guardedMessages(async () => ({
    server: ordersOverNats(nats.url),
    client: () => natsClient(nats.url),
    message: (data, fields) => {
      const given = headers();
      for (const [name, value] of Object.entries(fields)) given.append(name, String(value));
      return new NatsRecordBuilder(data).setHeaders(given).build();
    },
    signedIn,
  }));
});
