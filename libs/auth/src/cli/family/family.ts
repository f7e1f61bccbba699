import { isUuid } from '../../crypto/uuid.js';
import { CannotRun, firstLineOf } from '../cannot-run.js';
import { type DatabaseUrl, databaseUrl, databaseUrlOrDefault } from '../database/database-client.js';
import { instant, iso } from '../instants.js';
import type { Terminal } from '../terminal.js';
import { visible } from '../visible.js';
import { eventsOf } from './kept-events.js';
import { recordsInDatabase, recordsOfApplication, type SignInRecords } from './sign-in-records.js';
import { type Reading, type Story, storyOf } from './story.js';

export interface FamilyOptions extends DatabaseUrl {
  readonly app?: string;
  readonly prefix?: string;
  readonly schema?: string;
  readonly timeout: number;
  readonly json?: boolean;
}

/** Why was I signed out? Tells what the row and the kept events of a sign-in say. The exit code: 1 when there is none. */
export async function family(given: string, options: FamilyOptions, terminal: Terminal): Promise<number> {
  const id = given.trim().toLowerCase();
  if (!isUuid(id))
    throw new CannotRun(
      'the id of a sign-in is a UUID: the sid of an access token, or what "inspect" tells of a token',
    );
  terminal.keepResultsApart();
  const records = await recordsFor(options);
  const found = await tell(id, records).catch((error: unknown) => {
    const { cause } = error as { cause?: unknown };
    throw new CannotRun(`the stores cannot be read: ${firstLineOf(cause ?? error)}`);
  });
  if (!found) {
    const why = 'it never was, its user was forgotten, or its row was swept after its absolute limit';
    if (options.json) terminal.print('null');
    else terminal.print(`no sign-in has the id ${id}: ${why}`);
    return 1;
  }
  if (options.json)
    terminal.print(JSON.stringify({ ...found.story, chapters: found.story.chapters.map(dated) }, null, 2));
  else show(found.story, found.notes, terminal);
  return 0;
}

async function recordsFor({
  app,
  timeout,
  prefix,
  schema,
  ...address
}: FamilyOptions): Promise<SignInRecords> {
  if (app !== undefined && databaseUrl(address) !== null)
    throw new CannotRun('give --app, or the address of the database, not both');
  if (app !== undefined) return recordsOfApplication(app, timeout * 1_000);
  const url = databaseUrlOrDefault(address);
  if (url === null)
    throw new CannotRun(
      'say where the sign-ins are: --app dist/app.module.js#AppModule, --url-env NAME, or set DATABASE_URL',
    );
  return recordsInDatabase(url, {
    ...(prefix !== undefined && { prefix }),
    ...(schema !== undefined && { schema }),
  });
}

async function tell(
  id: string,
  records: SignInRecords,
): Promise<{ readonly story: Story; readonly notes: readonly string[] } | null> {
  const reading = await read(id, records);
  if (!reading) return null;
  const { row } = reading;
  const { events, complete } = await eventsOf(records.events, {
    subject: row.subject,
    id,
    openedAt: row.createdAt,
    endedAt: row.revokedAt,
    endedFor: row.revokedReason ?? null,
  });
  const notes = [
    ...(records.events ? [] : ['no security events are kept (audit), so this is what the row says alone']),
    ...(complete ? [] : ['the user has more events than were read: the oldest are missing']),
  ];
  return { story: storyOf(reading, events), notes };
}

async function read(id: string, { families, sessions }: SignInRecords): Promise<Reading | null> {
  const ofFamily = await families.read(id);
  if (ofFamily) return { kind: 'refresh-token family', ...ofFamily };
  const ofSession = await sessions.read(id);
  return ofSession && { kind: 'session', ...ofSession };
}

function dated<T extends { readonly at: number }>(chapter: T): object {
  return { ...chapter, at: iso(chapter.at) };
}

function show(
  { kind, id, subject, live, state, chapters }: Story,
  notes: readonly string[],
  terminal: Terminal,
): void {
  terminal.print(terminal.styled('bold', `${kind} ${id}`));
  terminal.print(`of the user ${visible(subject)}\n`);
  const now = Date.now();
  for (const { at, what, ip, userAgent } of chapters) {
    const from = [ip, userAgent].filter((one) => one !== null && one !== '').join(', ');
    terminal.print(
      `${instant(at, now)}\n  ${visible(what)}${from === '' ? '' : `\n  from ${visible(from)}`}`,
    );
  }
  const word = live ? terminal.styled('green', 'It lives') : terminal.styled('red', 'It has ended');
  terminal.print(`\n${word}: ${visible(state)}.`);
  for (const one of notes) terminal.print(`(${one})`);
}
