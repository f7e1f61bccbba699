/** The demo's users on servers: what the guide shows, under real races. */
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { PasswordHasher } from 'nestjs-aerie';
import { userDirectoryContract } from 'nestjs-aerie/testing';
import { randomUUID } from 'node:crypto';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { User } from '../../src/users/user.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import { testConnection } from '../support/test-databases.js';

describe.each(['postgres', 'mariadb'] as const)("the demo's users on %s", (database) => {
  let source: DataSource;
  let directory: UsersService;
  beforeAll(async () => {
    const { type, url, entityPrefix } = testConnection(database) as DataSourceOptions & { url: string };
    const options = { type, url, entityPrefix, entities: [User], synchronize: true } as DataSourceOptions;
    source = await new DataSource(options).initialize();
    directory = new UsersService(source.getRepository(User), new PasswordHasher());
  });
  afterAll(async () => {
    await source.query(`drop table ${source.getMetadata(User).tablePath}`);
    await source.destroy();
  });

  const newUser = async () => {
    const [id, identifier] = [randomUUID(), `${randomUUID()}@example.com`];
    await source.getRepository(User).insert({ id, email: identifier, passwordHash: `$2b$10$${id}` });
    return { id, identifier };
  };
  for (const { name, run } of userDirectoryContract(() => ({ directory, newUser }))) it(name, run);
});
