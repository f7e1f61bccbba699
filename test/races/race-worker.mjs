// A process of its own with an application of its own: the library as it was built, and a directory that knows
// everybody. It does what its parent says; calls that come with an instant begin in all processes at that instant.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import mysql2 from 'mysql2';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { AuthenticationService, Authenticator, AuthModule, SessionData } from '../../libs/auth/dist/index.js';
// Not part of the public API: what the logout route calls.
import { SignOut } from '../../libs/auth/dist/sign-in/sign-out.js';
// Nor is this: what the flows by mail are made of.
import { newAsker } from '../../libs/auth/dist/features/account-flows/askers/asker.js';
import { accountFlows, MailedSignIns } from '../../libs/auth/dist/features/account-flows/index.js';
import { ActionTokens } from '../../libs/auth/dist/features/account-flows/tokens/action-tokens.js';
import { sqlStores } from '../../libs/auth/dist/sql/index.js';
import { typeOrmStores } from '../../libs/auth/dist/typeorm/index.js';

/**
 * Subjects about whom the directory has something else to say: `disabled`; `away` when it cannot say anything; `slow`
 * when it says nothing until it is told something else.
 */
const sayings = new Map();
const gates = new Map();

/** Where a slow directory waits: `reached` is when it was asked, `open` lets it answer. */
function gate() {
  const made = {};
  made.opened = new Promise((resolve) => (made.open = resolve));
  made.reached = new Promise((resolve) => (made.reach = resolve));
  return made;
}

class Everybody {
  async findSubject(identifier) {
    return identifier;
  }
  async verifyPassword(_subject, password) {
    return password !== 'wrong';
  }
  async loadSubject(id) {
    const said = sayings.get(id);
    if (said === 'away') throw new Error('the directory does not answer');
    if (said === 'slow') {
      gates.get(id).reach();
      await gates.get(id).opened;
    }
    return { id, disabled: said === 'disabled' };
  }
  async emailOf(id) {
    return { address: `${id}@example.com`, verified: true };
  }
  async setEmailVerified() {
    return true;
  }
  async voidCredentials() {}
}

/** By address: the command that waits for a mail. */
const mails = new Map();
const mailer = { send: async (mail) => mails.get(mail.to)?.(mail) };
/** The flows that are raced; the others need more of the directory. */
const flows = { verifyEmail: false, reset: false, changePassword: false, changeEmail: false, notMe: false };
class EverybodyModule {}

/** The driver, with a statement that begins every connection: what hosts do who set their sessions up. */
const mysqlBeginningWith = (statement, threads) => ({
  ...mysql2,
  createPool(options) {
    const pool = mysql2.createPool(options);
    pool.on('connection', (connection) => {
      threads.add(connection.threadId);
      if (statement) connection.query(statement);
    });
    return pool;
  },
});

/** The stores on a pool of the host, without TypeORM. */
function onPool({ type, url, entityPrefix, applicationName }, options) {
  const client =
    type === 'postgres'
      ? new pg.Pool({ connectionString: url, application_name: applicationName })
      : mysqlBeginningWith(undefined, threads).createPool({ uri: url.replace(/^mariadb:/, 'mysql:') });
  endPool = () => (type === 'postgres' ? client.end() : client.promise().end());
  return sqlStores({ client, prefix: entityPrefix, ...options });
}

let app;
let endPool = async () => undefined;
const threads = new Set();
const events = [];
const proved = new Map();
const requester = { ip: null, userAgent: null };
const authentication = () => app.get(AuthenticationService);

const commands = {
  async start({
    connection: { beginWith, pool = false, ...connection },
    options: { mails: byMail, ...options },
  }) {
    if (connection.type === 'mariadb') connection.driver = mysqlBeginningWith(beginWith, threads);
    app = await NestFactory.createApplicationContext(
      {
        module: class RaceModule {},
        imports: [
          ...(pool
            ? []
            : [TypeOrmModule.forRoot({ ...connection, autoLoadEntities: true, retryAttempts: 1 })]),
          AuthModule.forRoot({
            imports: [{ module: EverybodyModule, providers: [Everybody], exports: [Everybody] }],
            users: Everybody,
            sweepInterval: false,
            ...(byMail && { features: [accountFlows({ mailer, magicLink: true, ...flows })] }),
            ...options,
            stores: pool ? onPool(connection, options.stores) : typeOrmStores(options.stores),
            onSecurityEvent: (event) => events.push(event),
          }),
        ],
      },
      { logger: false },
    );
  },
  async stop() {
    await app.close();
    await endPool();
  },
  /** One value from the database, on a connection of this application. */
  async ask(query) {
    return Object.values((await app.get(DataSource).query(query))[0])[0];
  },
  /** Ids of the connections that this process has opened, on MariaDB. */
  async threads() {
    return [...threads];
  },
  /** Every security event since the last time. */
  async events() {
    return events.splice(0);
  },
  async signIn(subject) {
    const { principal, refreshToken } = await authentication().signIn(subject, { mode: 'tokens' });
    return { id: principal.signInId, token: refreshToken };
  },
  /** Checks a password, and leaves the sign-in to `signInProved`. */
  async prove(subject, key) {
    proved.set(key, await app.get(Authenticator).password(subject, 'right', requester));
  },
  /** A wrong password, from one address. */
  async guess(subject) {
    await app.get(Authenticator).password(subject, 'wrong', { ip: '203.0.113.7', userAgent: null });
    return {};
  },
  async signInProved(key, mode) {
    const { principal, refreshToken } = await authentication().signIn(proved.get(key), { mode });
    return { id: principal.signInId, token: refreshToken };
  },
  /** With `measured`, as the HTTP edge does it: the request says for how long it has waited in this process. */
  async refresh(token, { measured = false, idempotencyKey } = {}) {
    const arrived = performance.now();
    const waited = measured
      ? { requester: { ...requester, waitedMs: () => performance.now() - arrived } }
      : {};
    const { refreshToken } = await authentication().refresh(token, {
      ...waited,
      ...(idempotencyKey && { idempotencyKey }),
    });
    return { token: refreshToken };
  },
  async openSession(subject) {
    const { principal, sessionToken } = await authentication().signIn(subject, { mode: 'session' });
    return { id: principal.signInId, token: sessionToken };
  },
  /** A request with a session's cookie. */
  async session(token) {
    await app.get(Authenticator).session(token);
    return { token };
  },
  /** A link that anyone may use who holds it. */
  async makeLink(subject) {
    const request = { purpose: 'reset', subject, lifetimeMs: 600_000 };
    return { token: (await app.get(ActionTokens).issue(request)).token };
  },
  async redeemLink(token) {
    await app.get(ActionTokens).redeem('reset', token);
    return {};
  },
  /** A link that signs in where it was asked for; `id` is the handle. */
  async askForLink(subject) {
    const asker = newAsker('handle');
    const mail = await new Promise((resolve) => {
      mails.set(`${subject}@example.com`, resolve);
      app.get(MailedSignIns).send('link', subject, asker, requester);
    });
    return { token: new URLSearchParams(new URL(mail.link).hash.slice(1)).get('token'), id: asker.hash };
  },
  async signInByLink(token, hash) {
    const principal = await app.get(MailedSignIns).byLink(token, { by: 'handle', text: '', hash }, requester);
    const result = await authentication().signIn(principal, { mode: 'tokens' });
    return { id: result.principal.signInId, token: result.refreshToken };
  },
  /** Adds 1 to the counter in a session's data. */
  async increment(id) {
    const add = (value) => ({ count: (value?.count ?? 0) + 1 });
    return { version: (await app.get(SessionData).update(id, add)).version };
  },
  /** The same by hand, without a second try. */
  async incrementOnce(id) {
    const { value, version } = await app.get(SessionData).read(id);
    return { version: await app.get(SessionData).write(id, { count: (value?.count ?? 0) + 1 }, version) };
  },
  async endAll(subject) {
    return { ended: await authentication().endAllSignIns(subject) };
  },
  async endOne(subject, id) {
    await authentication().endSignIn(subject, id);
    return {};
  },
  async endOthers(subject, id) {
    return { ended: await authentication().endOtherSignIns(subject, id) };
  },
  /** As the logout route does it. */
  async logout(token) {
    await app.get(SignOut).endByRefreshToken(token, 'signed_out');
    return {};
  },
  async stepUp(subject, token) {
    return { token: (await authentication().stepUp(subject, { refreshToken: token }, ['otp'])).refreshToken };
  },
  async disable(subject) {
    return { ended: await authentication().userDisabled(subject) };
  },
  async credentialsChanged(subject, token) {
    const keep = token ? { keep: { refreshToken: token } } : {};
    return { token: (await authentication().credentialsChanged(subject, keep))?.refreshToken };
  },
  async rolesChanged(subject) {
    await authentication().rolesChanged(subject);
    return {};
  },
  async sweep() {
    return { swept: (await authentication().sweep()).families };
  },
  /** What the directory says of a subject from now on. */
  async directorySays(subject, said) {
    gates.get(subject)?.open();
    gates.delete(subject);
    if (said === 'slow') gates.set(subject, gate());
    if (said) sayings.set(subject, said);
    else sayings.delete(subject);
    return {};
  },
  /** Until a refresh has come as far as the slow directory: it has read the row, and decided nothing. */
  async reached(subject) {
    await gates.get(subject).reached;
    return {};
  },
};

async function run([command, ...args]) {
  const began = performance.now();
  try {
    return { ok: true, ...(await commands[command](...args)), ms: performance.now() - began };
  } catch (error) {
    const { name, code = null, reason = null, message } = error;
    return {
      ok: false,
      name,
      code,
      reason,
      message: `${message} ${error.cause?.message ?? ''}`,
      ms: performance.now() - began,
    };
  }
}

process.on('message', async ({ id, call, calls, at }) => {
  try {
    if (call) {
      process.send({ id, value: await run(call) });
    } else if (at !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, at - Date.now() - 5));
      while (Date.now() < at);
      process.send({ id, value: await Promise.all(calls.map(run)) });
    } else {
      const [command, ...args] = calls[0];
      process.send({ id, value: await commands[command](...args) });
    }
  } catch (error) {
    process.send({ id, error: error.stack });
  }
});
process.on('disconnect', () => process.exit());
