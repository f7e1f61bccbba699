import type { DemoConfig } from './demo-config.js';

/** What the demo prints when it has started and listens on `url`; `redisAnswers` is null without a Redis. */
export function startText(
  { adapter, database, redisUrl, outbox }: DemoConfig,
  url: string,
  redisAnswers: boolean | null = null,
): string {
  const json = `-H 'content-type: application/json'`;
  const where =
    database.type === 'better-sqlite3'
      ? `SQLite, ${database.url}`
      : `${database.type}, ${shownAddress(database.url)}`;
  let cache = 'the memory of this process (REDIS_URL adds one that processes share)';
  if (redisUrl) {
    const state = redisAnswers
      ? 'shared by all processes, and carries their notifications'
      : 'it does not answer. Until it does, each process reads the database and polls for logouts';
    cache = `Redis, ${shownAddress(redisUrl)}: ${state}`;
  }
  return `
  The demo of nestjs-aerie listens on ${url}
  its routes    ${url}/docs
  HTTP adapter  ${adapter}
  database      ${where}
  cache         ${cache}
  mails         ${outbox} (npm run outbox shows them)

  Open ${url}/ in a browser: it shows how the theft of a token is noticed.

  Try it with curl:
    curl -i ${url}/users ${json} -d '{"email":"ada@example.com","password":"correct horse battery"}'
    curl -i -c var/cookies ${url}/auth/login ${json} -d '{"identifier":"ada@example.com","password":"correct horse battery"}'
    curl -i -b var/cookies ${url}/notes ${json} -d '{"text":"remember the milk"}'
`;
}

/** A connection's URL may hold a password, before the host or in its query: only what is between them is shown. */
function shownAddress(url: string): string {
  return url
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^.*@/, '')
    .replace(/\?.*$/, '');
}
