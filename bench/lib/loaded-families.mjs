// Fills the table of families on PostgreSQL: rows as a service of that size has them, with families of ours at random
// places among them.
import { createHash, randomInt } from 'node:crypto';
import pg from 'pg';
import { POSTGRES_URL } from './postgres.mjs';
import { progress } from './progress.mjs';
import { whole } from './report.mjs';

const CHUNK = 250_000;
const DAY_MS = 86_400_000;
/** A subject has five families in the middle, at every size. */
const FAMILIES_PER_SUBJECT = 5;

/** The id of a subject, by its number; the same as `SUBJECT` in SQL. */
export function subjectAt(number) {
  const hex = createHash('md5').update(`subject ${number}`).digest('hex');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}
const SUBJECT = (number) => `md5('subject ' || ${number})::uuid::text`;

export function subjectsFor(families) {
  return Math.ceil(families / FAMILIES_PER_SUBJECT);
}

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
  'okhttp/4.12.0',
];

/** A row's columns in terms of `i`, its number, and of `r`, what was drawn for it. */
function generatedRow({ now, expired }) {
  // Signed in at some time of the last 30 days, or of those before them: those are past their limit.
  const createdAt = expired
    ? `case when r.past then ${now - 60 * DAY_MS} else ${now - 30 * DAY_MS} end + r.created`
    : `${now - 30 * DAY_MS} + r.created`;
  return {
    id: 'gen_random_uuid()::text',
    subject: SUBJECT('r.subject'),
    subject_epoch: `${now - 90 * DAY_MS}`,
    global_epoch: '0',
    generation: 'r.generation',
    current_hash: `encode(sha256(int8send(i)), 'hex')`,
    previous_hash: `case when r.generation > 0 then encode(sha256(int8send(-i)), 'hex') end`,
    replaced_hashes: `''`,
    replaced_at: 'null::bigint',
    salt: `md5(i::text)`,
    attempt_hash: `case when r.generation > 0 and i % 3 = 0 then encode(sha256(int8send(i << 8)), 'hex') end`,
    rotated_at: `${createdAt} + r.lived`,
    replays: '0',
    foreign_replays: '0',
    foreign_replay_generation: 'null::int',
    replay_closed: 'false',
    created_at: createdAt,
    idle_expires_at: `least(${createdAt} + r.lived + ${14 * DAY_MS}, ${createdAt} + ${30 * DAY_MS})`,
    expires_at: `${createdAt} + ${30 * DAY_MS}`,
    revoked_at: `case when i % 12 = 0 then ${createdAt} + r.lived end`,
    revoked_reason: `case when i % 12 = 0 then 'signed_out' end`,
    authenticated_at: createdAt,
    methods: `'["pwd"]'`,
    scopes: 'null::text',
    ip: `'203.0.' || (i % 256) || '.' || (r.generation % 256)`,
    user_agent: `(array[${AGENTS.map((agent) => `'${agent}'`).join(', ')}])[1 + i % ${AGENTS.length}]`,
    label: 'null::text',
  };
}

/** What is drawn once for a row, whichever columns use it. */
const DRAWN = (subjects, shareExpired) => `select floor(random() * ${subjects})::int as subject,
  floor(random() * ${30 * DAY_MS})::bigint as created, floor(random() * 200)::int as generation,
  floor(random() * ${5 * DAY_MS})::bigint as lived, random() < ${shareExpired} as past, i as of_row`;

/**
 * Fills the tables under `prefix` up to `size` families and their subjects. Families that are there already (opened
 * through the service, so that their tokens are known) are moved to places drawn at random, in the heap and so in every
 * index. Indexes are dropped first and made again afterwards, from the definitions that the migration gave them.
 * `expired`: about how many of the rows are past their limit, at random places too.
 */
export async function loadFamilies(prefix, size, { signal, expired = 0, fillfactor = 100 } = {}) {
  const client = new pg.Client({ connectionString: POSTGRES_URL });
  await client.connect();
  const cancel = () => cancelBackend(client.processID);
  signal?.addEventListener('abort', cancel);
  try {
    signal?.throwIfAborted();
    await fill(client, prefix, size, { signal, expired, fillfactor });
  } finally {
    signal?.removeEventListener('abort', cancel);
    await client.end();
  }
}

async function fill(client, prefix, size, { signal, expired, fillfactor }) {
  const families = `"${prefix}auth_refresh_token_family"`;
  const known = `"${prefix}known"`;
  const subjects = subjectsFor(size);
  const { rows } = await client.query(`select (extract(epoch from now()) * 1000)::bigint::text as now`);
  const now = Number(rows[0].now);
  await client.query(`set maintenance_work_mem = '512MB'`);

  await client.query(`create table ${known} as select * from ${families}`);
  const { rowCount } = await client.query(`select id from ${known}`);
  await client.query(`alter table ${known} add position bigint`);
  await client.query(
    `update ${known} k set position = p.position from (select id, row_number() over (order by random()) as n from ${known}) o
     join unnest($1::bigint[]) with ordinality p(position, n) on p.n = o.n where k.id = o.id`,
    [distinctPlaces(rowCount, size)],
  );
  await client.query(`analyze ${known}`);
  await client.query(`truncate ${families}`);
  await client.query(`alter table ${families} set (fillfactor = ${fillfactor})`);

  const remake = await withoutIndexes(client, families);
  const row = generatedRow({ now, expired });
  const columns = Object.keys(row);
  await refuseOtherColumns(client, families, columns);
  const chosen = columns.map((name) => `case when k.id is null then ${row[name]} else k.${name} end`);
  for (let from = 1; from <= size; from += CHUNK) {
    signal?.throwIfAborted();
    const to = Math.min(from + CHUNK - 1, size);
    await client.query(
      `insert into ${families} (${columns.join(', ')}) select ${chosen.join(', ')}
       from generate_series(${from}::bigint, ${to}::bigint) i
       cross join lateral (${DRAWN(subjects, expired / size)} offset 0) r left join ${known} k on k.position = i`,
    );
    progress(`${prefix}: ${whole(to)} of ${whole(size)} families`);
  }
  await client.query(
    `insert into "${prefix}auth_subject" (subject, epoch)
     select ${SUBJECT('n')}, ${now - 90 * DAY_MS} from generate_series(0, ${subjects - 1}) n on conflict do nothing`,
  );
  for (const statement of remake) {
    signal?.throwIfAborted();
    progress(`${prefix}: ${statement.slice(0, 60)}...`);
    await client.query(statement);
  }
  await client.query(`drop table ${known}`);
  progress(`${prefix}: vacuum`);
  await client.query(`vacuum (analyze) ${families}, "${prefix}auth_subject"`);
}

/** `count` different whole numbers from 1 to `size`. */
function distinctPlaces(count, size) {
  const places = new Set();
  while (places.size < count) places.add(randomInt(1, size + 1));
  return [...places];
}

/** Drops a table's indexes, and gives the statements that make them again. */
async function withoutIndexes(client, table) {
  const { rows } = await client.query(
    `select quote_ident(c.relname) as name, pg_get_indexdef(i.indexrelid) as definition,
       quote_ident(k.conname) as constraint_name, pg_get_constraintdef(k.oid) as constraint_definition
     from pg_index i join pg_class c on c.oid = i.indexrelid
     left join pg_constraint k on k.conindid = i.indexrelid and k.conrelid = i.indrelid
     where i.indrelid = $1::regclass order by k.conname nulls last`,
    [table],
  );
  const remake = [];
  for (const { name, definition, constraint_name, constraint_definition } of rows) {
    if (constraint_name) {
      await client.query(`alter table ${table} drop constraint ${constraint_name}`);
      remake.push(`alter table ${table} add constraint ${constraint_name} ${constraint_definition}`);
    } else {
      await client.query(`drop index ${name}`);
      remake.push(definition);
    }
  }
  return remake;
}

/** A column that a migration brings must be filled here too, or the rows would not be as wide as real ones. */
async function refuseOtherColumns(client, table, columns) {
  const { rows } = await client.query(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [table],
  );
  const found = rows.map(({ name }) => name);
  const missing = found.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new Error(`the loader does not know the columns ${missing.join(', ')}`);
}

async function cancelBackend(pid) {
  const client = new pg.Client({ connectionString: POSTGRES_URL });
  await client.connect();
  await client.query('select pg_cancel_backend($1)', [pid]).finally(() => client.end());
}

/** How much room a table takes, with its indexes. */
export async function sizeOnDisk(client, prefix) {
  const { rows } = await client.query(`select pg_size_pretty(pg_total_relation_size($1::regclass)) as size`, [
    `"${prefix}auth_refresh_token_family"`,
  ]);
  return rows[0].size;
}
