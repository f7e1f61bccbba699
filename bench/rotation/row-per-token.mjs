// Rotation as libraries do it that keep a row for every token: lock the row, mark it used, insert its successor.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { POSTGRES_URL } from '../lib/postgres.mjs';

const LIFETIME_MS = 14 * 86_400_000;

export async function rowPerToken(prefix, callers, families) {
  const pool = new pg.Pool({ connectionString: POSTGRES_URL, max: callers });
  const table = `"${prefix}token"`;
  await pool.query(`create table ${table} (
    id uuid primary key, family_id varchar(36) not null, subject varchar(255) not null,
    token_hash varchar(64) not null unique, created_at bigint not null, expires_at bigint not null,
    revoked_at bigint, replaced_by uuid)`);
  await pool.query(`create index on ${table} (family_id)`);
  await pool.query(`create index on ${table} (expires_at)`);

  const insert = (client, family, id, token) =>
    client.query(
      `insert into ${table} (id, family_id, subject, token_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)`,
      [id, family.id, family.subject, hashOf(token), Date.now(), Date.now() + LIFETIME_MS],
    );
  const current = new Map();
  for (const family of families) {
    const token = newToken();
    await insert(pool, family, randomUUID(), token);
    current.set(family, token);
  }

  return {
    async step(family) {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const { rows } = await client.query(
          `select id, revoked_at, expires_at from ${table} where token_hash = $1 for update`,
          [hashOf(current.get(family))],
        );
        if (rows.length !== 1 || rows[0].revoked_at !== null) throw new Error('the token was not current');
        const [successor, token] = [randomUUID(), newToken()];
        await client.query(`update ${table} set revoked_at = $2, replaced_by = $3 where id = $1`, [
          rows[0].id,
          Date.now(),
          successor,
        ]);
        await insert(client, family, successor, token);
        await client.query('commit');
        current.set(family, token);
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

function newToken() {
  return randomBytes(32).toString('base64url');
}

function hashOf(token) {
  return createHash('sha256').update(token).digest('hex');
}
