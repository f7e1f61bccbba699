import express from 'express';
import session from 'express-session';
import type { AddressInfo } from 'node:net';

export const FORMER_SECRET = 'keyboard cat';
export const FORMER_COOKIE = 'connect.sid';

/** An application as it was before: express-session, and a user's id where Passport keeps it. */
export interface FormerApp {
  readonly store: session.Store;
  /** A new session of this user: the value of its cookie. Null: a visitor who is not signed in. */
  signIn(user: unknown, maxAgeMs?: number): Promise<string>;
  /** The user that it takes the holder of a cookie for; null: none. */
  who(cookie: string): Promise<unknown>;
  close(): Promise<void>;
}

export async function startFormerApp(
  store: session.Store = new session.MemoryStore(),
  secret: string | string[] = FORMER_SECRET,
): Promise<FormerApp> {
  const app = express();
  app.use(session({ store, secret, resave: false, saveUninitialized: true }));
  app.get('/login', (request, response) => {
    const { passport, maxAge } = JSON.parse(String(request.query['as'])) as Record<string, any>;
    if (maxAge !== undefined) request.session.cookie.maxAge = maxAge as number;
    Object.assign(request.session, { passport });
    response.json({});
  });
  app.get('/who', (request, response) => {
    response.json({ user: (request.session as { passport?: { user?: unknown } }).passport?.user ?? null });
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    store,
    async signIn(user, maxAge) {
      const as = JSON.stringify({ ...(user !== null && { passport: { user } }), maxAge });
      const { headers } = await fetch(`${url}/login?as=${encodeURIComponent(as)}`);
      return /^connect\.sid=([^;]+)/.exec(headers.getSetCookie()[0]!)![1]!;
    },
    async who(cookie) {
      const answer = await fetch(`${url}/who`, { headers: { cookie: `${FORMER_COOKIE}=${cookie}` } });
      return ((await answer.json()) as { user: unknown }).user;
    },
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}
