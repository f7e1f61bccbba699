// The README's tour with curl, run as it is printed there. On PostgreSQL and MariaDB: `../readme-tour.services-spec.ts`.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type BuiltWorkspace, buildWorkspace, ROOT } from '../support/build-output.js';
import { parsePage, readPage } from '../support/markdown.js';
import { SHELLS, silentLines, takeTour } from '../support/readme-tour.js';

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

  const shells = (Object.keys(SHELLS) as (keyof typeof SHELLS)[]).filter(
    (shell) => spawnSync(shell, ['--version']).status === 0,
  );
  it.each(shells.flatMap((shell) => ['express', 'fastify'].map((adapter) => [shell, adapter] as const)))(
    'goes as it says twice, pasted into %s, on %s',
    async (shell, adapter) => {
      const env = { HTTP_ADAPTER: adapter, DATABASE_URL: '' };
      const tour = await takeTour(readme, main, env, sqlite, shell);
      expect(tour.expected.length).toBeGreaterThan(10);
      expect(tour).toEqual({
        expected: tour.expected,
        answered: tour.expected,
        unmetClaims: [],
        complaints: [],
      });
    },
    180_000,
  );

  it('would be seen to go another way', async () => {
    const lines = [
      'URL=http://127.0.0.1:3000',
      'expect() { W=$1; shift; curl -s -w "%{stderr}%{http_code} (expected $W)\\n" "$@"; }',
      `expect '200, then 201' "$URL/auth/me"`,
      'A=$(expect 401 "$URL/auth/me" | cat)',
      `test "$A" = "$URL" && echo 'equal'`,
      'unknown-command',
    ];
    const page = parsePage('wrong.md', ['<!-- test: tour -->', '```bash', ...lines, '```'].join('\n'));
    const tour = await takeTour(page, main, { DATABASE_URL: '' }, sqlite);
    expect(tour.expected).toEqual(['200', '401', '201', '401']);
    expect(tour.answered).toEqual(['401', '401', '401', '401']);
    expect(tour.unmetClaims).toEqual(['equal']);
    expect(tour.complaints).toEqual(Array(2).fill(expect.stringContaining('unknown-command')));
    expect(silentLines(parsePage('a.md', '<!-- test: tour -->\n```bash\ncurl a\n```'))).toHaveLength(1);
  }, 120_000);
});
