// What is compared: each variant is a route of an application, measured against an unguarded route.

/**
 * `application` runs in a process of its own; `database` is where AuthModule keeps its tables. `baseline` names the
 * unguarded route of a like application: with AuthModule for ours, without it for the others.
 */
export const VARIANTS = [
  { name: 'unguarded', label: 'unguarded, with AuthModule', application: 'stateless', route: 'unguarded' },
  { name: 'jwt', label: 'JwtAuthGuard, stateless', application: 'stateless', route: 'jwt' },
  { name: 'jwt-sqlite', label: 'JwtAuthGuard, lookup, SQLite', application: 'lookup', route: 'jwt' },
  {
    name: 'jwt-postgres',
    label: 'JwtAuthGuard, lookup, PostgreSQL',
    application: 'lookup',
    database: 'postgres',
    route: 'jwt',
  },
  { name: 'session-sqlite', label: 'SessionAuthGuard, SQLite', application: 'stateless', route: 'session' },
  {
    name: 'session-postgres',
    label: 'SessionAuthGuard, PostgreSQL',
    application: 'lookup',
    database: 'postgres',
    route: 'session',
  },
  { name: 'plain', label: 'unguarded, without AuthModule', application: 'passport', route: 'unguarded' },
  {
    name: 'passport-string',
    label: 'passport-jwt, secret as string',
    application: 'passport',
    route: 'passport-jwt-string',
    baseline: 'plain',
  },
  {
    name: 'passport-key',
    label: 'passport-jwt, secret as KeyObject',
    application: 'passport',
    route: 'passport-jwt-key',
    baseline: 'plain',
  },
  {
    name: 'express-session',
    label: 'express-session, memory store',
    application: 'express-session',
    route: 'express-session',
    baseline: 'plain',
    adapters: ['express'],
  },
].map((variant) => ({ database: 'sqlite', baseline: 'unguarded', ...variant }));
