// The applications that `nest add nestjs-aerie --stores=...` writes for a database, on PostgreSQL.
import { afterEach, beforeEach, describe, it } from '@jest/globals';
import { type EmptyDatabase, emptyDatabase } from '../support/empty-database.js';
import { expectGuardedRoute, type WrittenProject, writtenProject } from './written-project.js';

describe.each(['typeorm', 'sql'] as const)('stores: %s', (stores) => {
  let database: EmptyDatabase;
  let project: WrittenProject;
  beforeEach(async () => {
    database = await emptyDatabase('postgres', '');
    project = await writtenProject({ stores });
    process.env['DATABASE_URL'] = (database.connection as { url: string }).url;
    process.env['DATABASE_SYNCHRONIZE'] = 'true';
  });
  afterEach(async () => {
    delete process.env['DATABASE_URL'];
    delete process.env['DATABASE_SYNCHRONIZE'];
    await project.remove();
    await database.drop();
  });

  it('the route admits signed-in users alone', () => expectGuardedRoute(project.folder));
});
