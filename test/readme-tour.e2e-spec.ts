// The README's tour with curl, run as it is printed there. On PostgreSQL and MariaDB: `readme-tour.services-spec.ts`.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { type BuiltWorkspace, buildWorkspace, ROOT } from './support/build-output.js';
import { parsePage, readPage } from './support/markdown.js';
import { silentLines, takeTour } from './support/readme-tour.js';

describe('the README with curl, on SQLite', () => {
  const readme = readPage('README.md');
  const sqlite = (cwd: string) =>
    ({ type: 'better-sqlite3', database: join(cwd, 'var/demo.sqlite') }) as const;
  let workspace: BuiltWorkspace;
  let main: string;
  beforeAll(async () => {
    workspace = await buildWorkspace();
    main = join(await workspace.emit(join(ROOT, 'src')), 'main.js');
  }, 120_000);
  afterAll(() => workspace?.remove());

  it('says of every call what it answers', () => {
    expect(silentLines(readme)).toEqual([]);
  });

  it.each(['express', 'fastify'])(
    'goes as it says, on %s',
    async (adapter) => {
      const tour = await takeTour(readme, main, { HTTP_ADAPTER: adapter, DATABASE_URL: '' }, sqlite);
      expect(tour.expected.length).toBeGreaterThan(5);
      expect(tour).toMatchObject({ code: 0, stderr: '', answered: tour.expected, unmetClaims: [] });
    },
    120_000,
  );

  it('would be seen to go another way', async () => {
    const lines = [
      'URL=http://127.0.0.1:3000',
      'curl "$URL/auth/me" # -> 200',
      'A=$(curl "$URL/auth/me" | cat) # -> 401',
      `test "$A" = "$URL" && echo 'equal'`,
    ];
    const page = parsePage(
      'wrong.md',
      ['<!-- test: tour -->', '```bash', ...lines, 'false', '```'].join('\n'),
    );
    const tour = await takeTour(page, main, { DATABASE_URL: '' }, sqlite);
    expect(tour.expected).toEqual(['line 4: 200', 'line 5: 401']);
    expect(tour.answered).toEqual(['line 4: 401', 'line 5: 401']);
    expect(tour.unmetClaims).toEqual(['equal']);
    expect(tour.code).toBe(1);
    expect(silentLines(parsePage('a.md', '<!-- test: tour -->\n```bash\ncurl a\n```'))).toHaveLength(1);
  }, 120_000);
});
