// better-auth on PostgreSQL: a guard that asks for the session, with the defaults and with its cookie cache.
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { fromNodeHeaders } from 'better-auth/node';
import pg from 'pg';
import { POSTGRES_URL } from '../lib/postgres.mjs';
import { answeringController } from './answer.mjs';

const POOL_SIZE = 16;
/** Longer than any run: past it, a cookie that is sent again and again would be read from the table. */
const CACHED_SECONDS = 3_600;

/** `prefix`: of the tables, which this makes. */
export async function betterAuthApplication(prefix) {
  const pool = new pg.Pool({ connectionString: POSTGRES_URL, max: POOL_SIZE });
  const plain = instance(pool, prefix, {});
  const cached = instance(pool, prefix, { cookieCache: { enabled: true, maxAge: CACHED_SECONDS } });
  const { runMigrations } = await getMigrations(plain.options);
  await runMigrations();
  return {
    controllers: [
      answeringController('better-auth', guardOf(plain)),
      answeringController('better-auth-cached', guardOf(cached)),
    ],
    async credentials() {
      return { 'better-auth': await signUp(plain), 'better-auth-cached': await signUp(cached) };
    },
  };
}

function instance(database, prefix, session) {
  const named = (modelName) => ({ modelName: `${prefix}${modelName}` });
  return betterAuth({
    database,
    baseURL: 'http://127.0.0.1',
    secret: 'a secret of at least thirty-two bytes, for benchmarks',
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    user: named('user'),
    session: { ...named('session'), ...session },
    account: named('account'),
    verification: named('verification'),
  });
}

function guardOf(auth) {
  return class BetterAuthGuard {
    async canActivate(context) {
      const request = context.switchToHttp().getRequest();
      const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
      request.user = session?.user;
      return session !== null;
    }
  };
}

/** The cookies of a user of its own, as a request header. */
async function signUp(auth) {
  const response = await auth.api.signUpEmail({
    body: { name: 'Ada', email: `${crypto.randomUUID()}@example.com`, password: crypto.randomUUID() },
    asResponse: true,
  });
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return { cookie: cookies.join('; ') };
}
