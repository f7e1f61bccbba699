import { createApp } from './create-app.js';
import { demoConfig } from './demo-config.js';

const config = demoConfig(process.env);
const app = await createApp(config);
await app.listen(config.port, config.host);

const url = (await app.getUrl()).replace(/\/$/, '');
const { type, url: database } = config.database;
// A connection's URL may hold a password: only what comes after it is shown.
const where =
  type === 'better-sqlite3'
    ? `SQLite, ${database}`
    : `${type}, ${database.replace(/^.*@/, '').replace(/^[a-z]+:\/\//, '')}`;
const cache = process.env['REDIS_URL']
  ? 'none (REDIS_URL is set, but this version keeps nothing in Redis)'
  : 'none (sessions are read from the database)';
const json = `-H 'content-type: application/json'`;

console.log(`
  The demo of nestjs-aerie listens on ${url}
  HTTP adapter  ${config.adapter}
  database      ${where}
  cache         ${cache}

  Try it:
    curl -i ${url}/users ${json} -d '{"email":"ada@example.com","password":"correct horse battery"}'
    curl -i -c var/cookies ${url}/auth/login ${json} -d '{"identifier":"ada@example.com","password":"correct horse battery"}'
    curl -i -b var/cookies ${url}/notes ${json} -d '{"text":"remember the milk"}'
`);
