import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AUTH_ENTITIES } from 'nestjs-aerie';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { markedBlocks, type MarkdownPage } from './markdown.js';
import { freePort, type ProcessEnd, runToEnd, startServer } from './processes.js';

/** One line of the tour that says which status it expects: `curl ... # -> 201`. */
const EXPECTING = /^(.*\S)\s+# -> (\d{3})$/;
const README_URL = 'http://127.0.0.1:3000';

export interface TourOutcome extends ProcessEnd {
  /** `line 12: 201` for each line that expects a status: what the README says, and what was answered. */
  readonly expected: readonly string[];
  readonly answered: readonly string[];
  /** What the README's own tests print when they hold, `test ... && echo 'text'`, and did not print. */
  readonly unmetClaims: readonly string[];
}

/** Lines that run curl without saying what they expect. */
export function silentLines(page: MarkdownPage): string[] {
  return linesOf(page)
    .filter(({ text }) => /(^|[\s(])curl\s/.test(text) && !text.startsWith('#') && !EXPECTING.test(text))
    .map(({ text, line }) => `${page.path}:${line} ${text}`);
}

/**
 * Runs the README's tour in one shell, against a demo of its own: `main` is the built one, `database` the connection
 * that `env` gives it. `sleep` moves the database's rows into the past instead of waiting: it is the database's clock
 * that decides.
 */
export async function takeTour(
  page: MarkdownPage,
  main: string,
  env: Readonly<Record<string, string>>,
  database: (cwd: string) => DataSourceOptions,
): Promise<TourOutcome> {
  const cwd = await mkdtemp(join(tmpdir(), 'aerie-tour-'));
  const ending: (() => Promise<unknown>)[] = [() => rm(cwd, { recursive: true, force: true })];
  try {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const demo = await startServer([main], /listens on/, { cwd, env: { ...env, PORT: String(port) } });
    ending.push(demo.stop);
    const source = await new DataSource({ ...database(cwd), entities: [...AUTH_ENTITIES] }).initialize();
    ending.push(() => source.destroy());
    const clock = await startClock(source);
    ending.push(clock.stop);

    const lines = linesOf(page).map(({ text, line }) => ({ line, text: text.replaceAll(README_URL, url) }));
    await writeFile(join(cwd, 'tour.sh'), `${SHELL}\n${lines.map(scriptOf).join('\n')}\n`);
    const end = await runToEnd('bash', ['-euo', 'pipefail', 'tour.sh'], {
      cwd,
      env: { TOUR_CLOCK: clock.url },
    });
    const answered = await readFile(join(cwd, 'answered'), 'utf8').catch(() => '');
    return {
      ...end,
      answered: answered.trimEnd().split('\n'),
      expected: lines.flatMap(({ text, line }) => {
        const status = EXPECTING.exec(text)?.[2];
        return status === undefined ? [] : [`line ${line}: ${status}`];
      }),
      unmetClaims: lines
        .flatMap(({ text }) => /^test .* && echo '(.*)'$/.exec(text)?.[1] ?? [])
        .filter((claim) => !end.stdout.includes(claim)),
    };
  } finally {
    for (const end of ending.reverse()) await end();
  }
}

/** What `sleep` of the shell asks: `GET /31` lets 31 seconds pass for the database's rows. */
async function startClock(source: DataSource): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    age(source, Number(request.url?.slice(1)) * 1000).then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}

// curl as the README runs it, which notes the status of each answer; `answered` says which line they came from.
const SHELL = `
curl() { command curl "$@" --silent --show-error --write-out '%{stderr}status %{http_code}\\n' 2>>statuses; }
sleep() { command curl --silent --show-error --fail "$TOUR_CLOCK/$1"; }
answered() { echo "line $1:$(sed -n 's/^status//p' statuses | tr -d '\\n')" >>answered; : >statuses; }
: >statuses
`;

const linesOf = (page: MarkdownPage): { text: string; line: number }[] =>
  markedBlocks(page, 'tour').flatMap((block) =>
    block.text.split('\n').map((text, index) => ({ text, line: block.line + index })),
  );

const scriptOf = ({ text, line }: { text: string; line: number }): string =>
  EXPECTING.test(text) ? `${text}\nanswered ${line}` : text;

/** Every instant in the module's tables, moved into the past. */
async function age(source: DataSource, ms: number): Promise<void> {
  if (!Number.isSafeInteger(ms)) throw new Error('sleep takes whole seconds');
  for (const { tablePath, columns } of source.entityMetadatas) {
    const instants = columns.map(({ databaseName }) => databaseName).filter((name) => name.endsWith('_at'));
    if (instants.length === 0) continue;
    const set = instants.map(
      (name) => `${source.driver.escape(name)} = ${source.driver.escape(name)} - ${ms}`,
    );
    await source.query(`UPDATE ${source.driver.escape(tablePath)} SET ${set.join(', ')}`);
  }
}
