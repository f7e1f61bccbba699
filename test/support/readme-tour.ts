import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AUTH_ENTITIES } from 'nestjs-aerie/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { ROOT } from './build-output.js';
import { markedBlocks, type MarkdownPage } from './markdown.js';
import { freePort, runToEnd, startServer } from './processes.js';

/** One call of the tour: `expect 200 ...`, or `expect '201, then 409' ...` for the first run and the next ones. */
const CALL = /(?:^|\$\()expect (?:'([^']*)'|(\S+)) /;
/** What the tour's `expect` prints of a call. */
const ANSWER = /(\d{3}) \(expected ([^)]*)\)/g;
const README_URL = 'http://127.0.0.1:3000';
export const SHELLS = {
  bash: ['--norc', '--noediting', '-i'],
  zsh: ['-f', '-i', '+o', 'PROMPT_SP'],
} as const;

export interface TourOutcome {
  /** The status of each call in turn, as the README says, and as was shown. */
  readonly expected: readonly string[];
  readonly answered: readonly string[];
  /** What the README's own tests print when they hold, `test ... && echo 'text'`, and did not print. */
  readonly unmetClaims: readonly string[];
  /** What the shell, curl or Node complained of. */
  readonly complaints: readonly string[];
}

/** Lines that run curl without saying what they expect. */
export function silentLines(page: MarkdownPage): string[] {
  return linesOf(page)
    .filter(({ text }) => /(^|[\s(])curl\s/.test(text) && !text.startsWith('expect()'))
    .map(({ text, line }) => `${page.path}:${line} ${text}`);
}

/**
 * The README's tour, pasted twice into one interactive shell, against a demo of its own: `main` is the built one,
 * `database` the connection that `env` gives it. `sleep` moves the database's rows into the past instead of waiting: it
 * is the database's clock that decides.
 */
export async function takeTour(
  page: MarkdownPage,
  main: string,
  env: Readonly<Record<string, string>>,
  database: (cwd: string) => DataSourceOptions,
  shell: keyof typeof SHELLS = 'bash',
): Promise<TourOutcome> {
  const cwd = await mkdtemp(join(tmpdir(), 'aerie-tour-'));
  const ending: (() => Promise<unknown>)[] = [() => rm(cwd, { recursive: true, force: true })];
  try {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    // `npm run outbox`, of the built demo.
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const outbox = scripts['outbox']!.replace('dist/', `${dirname(main)}/`);
    await writeFile(join(cwd, 'package.json'), JSON.stringify({ type: 'module', scripts: { outbox } }));
    const demo = await startServer([main], /listens on/, { cwd, env: { ...env, PORT: String(port) } });
    ending.push(demo.stop);
    const source = await new DataSource({ ...database(cwd), entities: [...AUTH_ENTITIES] }).initialize();
    ending.push(() => source.destroy());
    const clock = await startClock(source);
    ending.push(clock.stop);

    const lines = linesOf(page).map(({ text }) => text.replaceAll(README_URL, url));
    const { stdout, stderr } = await runToEnd(shell, SHELLS[shell], {
      cwd,
      env: { TOUR_CLOCK: clock.url, PS1: '', PS2: '', PROMPT: '', HISTFILE: '' },
      input: [SLEEP, ...lines, ...lines, 'exit', ''].join('\n'),
      timeoutMs: 150_000,
    });
    const said = lines.flatMap((text) => {
      const call = CALL.exec(text);
      return call ? [call[1] ?? call[2]!] : [];
    });
    return {
      expected: [0, 1].flatMap((run) => said.map((status) => status.split(', then ').at(run) ?? status)),
      answered: [...stderr.matchAll(ANSWER)].map(([, status]) => status!),
      unmetClaims: lines
        .flatMap((text) => /^test .* && echo '(.*)'$/.exec(text)?.[1] ?? [])
        .filter((claim) => stdout.split('\n').filter((line) => line.endsWith(claim)).length !== 2),
      complaints: stderr
        .replaceAll(ANSWER, '')
        .split('\n')
        .map((line) => line.trim())
        .filter(
          (line) =>
            line !== '' && line !== 'exit' && !/^bash: (cannot set terminal|no job control)/.test(line),
        ),
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

const SLEEP = 'sleep() { command curl --silent --show-error --fail "$TOUR_CLOCK/$1"; }';

const linesOf = (page: MarkdownPage): { text: string; line: number }[] =>
  markedBlocks(page, 'tour').flatMap((block) =>
    block.text.split('\n').map((text, index) => ({ text, line: block.line + index })),
  );

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
