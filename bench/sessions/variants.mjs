// What sessions are compared with, on the same PostgreSQL and the same Redis.
import { OWN_MODE } from '../lib/own-mode.mjs';

/** As in ../routes/variants.mjs. */
export const SESSION_VARIANTS = [
  {
    name: 'unguarded',
    label: 'unguarded, with AuthModule',
    application: OWN_MODE,
    route: 'unguarded',
  },
  {
    name: 'session',
    label: `SessionAuthGuard, ${OWN_MODE}`,
    application: OWN_MODE,
    route: 'session',
  },
  { name: 'jwt', label: `JwtAuthGuard, ${OWN_MODE}`, application: OWN_MODE, route: 'jwt' },
  {
    name: 'plain',
    label: 'unguarded, without AuthModule',
    application: 'passport',
    database: 'sqlite',
    route: 'unguarded',
  },
  {
    name: 'express-session',
    label: 'express-session, connect-redis',
    application: 'express-session-redis',
    database: 'redis',
    route: 'express-session',
    baseline: 'plain',
    adapters: ['express'],
  },
  {
    name: 'better-auth',
    label: 'better-auth',
    application: 'better-auth',
    route: 'better-auth',
    baseline: 'plain',
  },
  {
    name: 'better-auth-cached',
    label: 'better-auth, cookie cache',
    application: 'better-auth',
    route: 'better-auth-cached',
    baseline: 'plain',
  },
].map((variant) => ({ database: 'postgres', baseline: 'unguarded', ...variant }));
