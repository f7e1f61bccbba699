// The README's tour with curl on PostgreSQL and MariaDB, each time in a database of its own.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { type BuiltWorkspace, buildWorkspace, ROOT } from './support/build-output.js';
import { readPage } from './support/markdown.js';
import { takeTour } from './support/readme-tour.js';
import { MARIADB_URL, POSTGRES_URL } from './support/test-databases.js';

describe('the README with curl', () => {
  let workspace: BuiltWorkspace;
  let main: string;
  beforeAll(async () => {
    workspace = await buildWorkspace();
    main = join(await workspace.emit(join(ROOT, 'src')), 'main.js');
  }, 120_000);
  afterAll(() => workspace?.remove());

  it.each([
    ['postgres', 'express', POSTGRES_URL],
    ['postgres', 'fastify', POSTGRES_URL],
    ['mariadb', 'express', MARIADB_URL],
    ['mariadb', 'fastify', MARIADB_URL],
  ] as const)(
    'goes as it says, on %s and %s',
    async (type, adapter, serverUrl) => {
      const name = `aerie_tour_${randomBytes(5).toString('hex')}`;
      const url = new URL(serverUrl);
      url.pathname = `/${name}`;
      const server = await new DataSource({ type, url: serverUrl }).initialize();
      try {
        await server.query(`CREATE DATABASE ${name}`);
        const env = { HTTP_ADAPTER: adapter, DATABASE_URL: url.href };
        const tour = await takeTour(readPage('README.md'), main, env, () => ({ type, url: url.href }));
        expect(tour.expected.length).toBeGreaterThan(5);
        expect(tour).toMatchObject({ answered: tour.expected, unmetClaims: [], complaints: [] });
      } finally {
        await server.query(`DROP DATABASE IF EXISTS ${name}`);
        await server.destroy();
      }
    },
    180_000,
  );
});
