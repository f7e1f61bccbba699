import { type ClientRegistration, ServiceClients } from 'nestjs-aerie/service-tokens';
import type { Answer } from './http-client.js';
import type { TestApp } from './test-app.js';

const FORM_TYPE = 'application/x-www-form-urlencoded';

export const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ACCESS_TOKEN_URN = 'urn:ietf:params:oauth:token-type:access_token';
export const SESSION_URN = 'urn:nestjs-aerie:params:oauth:token-type:session';
export const ASSERTION_URN = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A client with its secret: how tests present it. */
export interface Held {
  readonly id: string;
  readonly secret: string;
}

/** Registers a client with a secret. */
export async function registered(app: TestApp, registration: ClientRegistration): Promise<Held> {
  const { client, secret } = await app.app.get(ServiceClients).register(registration);
  return { id: client.id, secret: secret! };
}

/** HTTP Basic, as RFC 6749, section 2.3.1, writes it. */
export function basic({ id, secret }: Held): { authorization: string } {
  const text = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

export type Fields = Readonly<Record<string, string>> | string;

/** Posts a form, with a client that holds no cookies. */
export function postForm(
  app: TestApp,
  path: 'token' | 'introspect' | 'revoke',
  fields: Fields,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const raw = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
  return app.client().post(`/auth/${path}`, { raw, headers: { 'content-type': FORM_TYPE, ...headers } });
}

/** Asks for a token of a client's own. */
export function askToken(app: TestApp, client: Held, fields: Readonly<Record<string, string>> = {}) {
  return postForm(app, 'token', { grant_type: 'client_credentials', ...fields }, basic(client));
}

/** The same, which must be given. */
export async function serviceToken(
  app: TestApp,
  client: Held,
  fields: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { status, body } = await askToken(app, client, fields);
  if (status !== 200) throw new Error(`no token: ${status} ${JSON.stringify(body)}`);
  return body.access_token as string;
}

/** Exchanges a person's credential. */
export function askExchange(
  app: TestApp,
  client: Held,
  value: string,
  fields: Readonly<Record<string, string>> = {},
  type = ACCESS_TOKEN_URN,
): Promise<Answer> {
  const given = { grant_type: EXCHANGE_GRANT, subject_token: value, subject_token_type: type };
  return postForm(app, 'token', { ...given, ...fields }, basic(client));
}

/** The same, which must be given. */
export async function exchanged(...asked: Parameters<typeof askExchange>): Promise<string> {
  const { status, body } = await askExchange(...asked);
  if (status !== 200) throw new Error(`no token: ${status} ${JSON.stringify(body)}`);
  return body.access_token as string;
}

/** What a client is told of a token. */
export async function introspected(app: TestApp, client: Held, token: string): Promise<any> {
  const { status, body } = await postForm(app, 'introspect', { token }, basic(client));
  if (status !== 200) throw new Error(`no answer: ${status} ${JSON.stringify(body)}`);
  return body;
}
