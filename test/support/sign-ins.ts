import type { SignInMode } from 'nestjs-aerie';
import type { Answer, HttpClient, RequestInput } from './http-client.js';
import type { TestApp } from './test-app.js';

export const PASSWORD = 'correct horse battery';
export const SESSION_COOKIE = '__Host-session';
export const REFRESH_COOKIE = '__Host-refresh';

export interface SignedIn {
  readonly client: HttpClient;
  /** The body of the answer to the login. */
  readonly body: any;
  /** The sign-in's id. */
  readonly id: string;
}

/** Signs a user of the directory in over HTTP, with a client of its own. */
export async function signIn(
  app: TestApp,
  mode: SignInMode,
  identifier = 'ada',
  headers: Record<string, string> = {},
): Promise<SignedIn> {
  const client = app.client();
  const json = { identifier, password: PASSWORD, mode };
  const { status, body } = await client.post('/auth/login', { json, headers });
  if (status !== 200) throw new Error(`the login was answered with ${status}: ${JSON.stringify(body)}`);
  const id: string = mode === 'session' ? body.sign_in.id : claimsOf(body.access_token)['sid'];
  return { client, body, id };
}

/** Presents a refresh token in the body, with a client that holds nothing else. */
export function refresh(app: TestApp, token: unknown, headers?: RequestInput['headers']): Promise<Answer> {
  return app.client().post('/auth/refresh', { json: { refresh_token: token }, ...(headers && { headers }) });
}

/** A refresh that must succeed; gives its body. */
export async function refreshed(
  app: TestApp,
  token: unknown,
  headers?: RequestInput['headers'],
): Promise<any> {
  const { status, body } = await refresh(app, token, headers);
  if (status !== 200) throw new Error(`the refresh was answered with ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** What an access token says; nothing is verified. */
export function claimsOf(token: string): Record<string, any> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, any>;
}

/** The status that `GET /auth/me` gives an access token. */
export async function statusOf(app: TestApp, accessToken: string): Promise<number> {
  return (await app.client().get('/auth/me', { bearer: accessToken })).status;
}
