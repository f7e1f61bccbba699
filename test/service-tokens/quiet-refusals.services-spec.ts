import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServiceClients, serviceIssuer } from 'nestjs-aerie/service-tokens';
import { askWithAssertion, assertion, clientKey } from '../support/assertions.js';
import { LogTrap } from '../support/log-trap.js';
import { ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { freshPrefix, testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';

describe.each(['postgres', 'mariadb'] as const)('refusals that are expected, on %s', (database) => {
  let node: TestApp;
  const log = new LogTrap();
  const statements: string[] = [];
  const key = clientKey();
  beforeAll(async () => {
    const connection = {
      ...testConnection(database, freshPrefix()),
      logging: ['error'],
      logger: {
        logQuery: () => undefined,
        logQueryError: (error: unknown, text: string) => statements.push(`${String(error)} ${text}`),
        logQuerySlow: () => undefined,
        logSchemaBuild: () => undefined,
        logMigration: () => undefined,
        log: () => undefined,
      },
    } as never;
    node = await startTestApp({
      connection,
      options: { features: [serviceIssuer()] },
      override: log.override,
    });
    const clients = node.app.get(ServiceClients);
    await clients.register({ id: 'keyed', scopes: [], audiences: [ISSUER], jwks: { keys: [key.jwk] } });
    log.lines.length = 0;
    statements.length = 0;
  });
  afterAll(async () => {
    await dropTables(node.source);
    await node.close();
  });

  /** Refusals may be security events: nothing else is. */
  const expectQuiet = () => {
    expect(statements).toEqual([]);
    expect(log.lines.filter((line) => !line.startsWith('{'))).toEqual([]);
  };

  it('an assertion that comes again', async () => {
    const text = await assertion('keyed', key);
    const answers = await Promise.all(Array.from({ length: 20 }, () => askWithAssertion(node, text)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await askWithAssertion(node, text)).status).toBe(401);
    expectQuiet();
  });

  it('an id of a client that is registered several times at once', async () => {
    const clients = node.app.get(ServiceClients);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => clients.register({ id: 'raced', scopes: [], audiences: [ISSUER] })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expectQuiet();
  });
});
