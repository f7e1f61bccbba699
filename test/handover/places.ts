import { handover, type HandoverOptions } from 'nestjs-aerie/handover';
import type { Answer, HttpClient } from '../support/http-client.js';
import { signIn } from '../support/sign-ins.js';
import { startTestApp, type TestApp, type TestAppInput } from '../support/test-app.js';

/** An application that hands sign-ins over, with two users. */
export async function started(
  { options, ...input }: TestAppInput = {},
  own: HandoverOptions = {},
): Promise<TestApp> {
  const base = 'https://app.example.com';
  const features = [handover({ base, ...own })];
  const app = await startTestApp({ ...input, options: { features, ...options } });
  await app.users.add('ada', undefined, { id: 'ada', scopes: ['orders:read', 'orders:write'] });
  await app.users.add('bob', undefined, { id: 'bob' });
  return app;
}

/** Signs in as an application does, and asks for a link; what the link's path is. */
export async function linked(
  app: TestApp,
  json: Record<string, unknown> = {},
  identifier = 'ada',
): Promise<{ readonly body: any; readonly id: string; readonly path: string }> {
  const { body, id } = await signIn(app, 'tokens', identifier);
  const asked = { refresh_token: body.refresh_token as string, ...json };
  return { body, id, path: pathOf(await app.client().post('/auth/handover', { json: asked })) };
}

export function pathOf({ status, body }: Answer): string {
  if (status !== 201) throw new Error(`the link was answered with ${status}: ${JSON.stringify(body)}`);
  return new URL(body.url as string).pathname;
}

/** Follows a link as a browser does, to the page that asks. */
export async function arrived(client: HttpClient, path: string): Promise<Answer> {
  const { status, headers } = await client.get(path);
  if (status !== 303) throw new Error(`the link was answered with ${status}`);
  return client.get(new URL(headers.get('location')!, new URL(path, 'https://app.example.com')).pathname);
}

/** Sends the form of the page. */
export function clicked(
  client: HttpClient,
  page: Answer,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const replaced = /name="replaced" value="([^"]+)"/.exec(String(page.body))?.[1];
  return client.post('/auth/handover/open', {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      ...headers,
    },
    raw: replaced === undefined ? '' : `replaced=${replaced}`,
  });
}

/** Who a browser is for the application: the body of `GET /auth/me`, or the code that it is refused with. */
export async function who(client: HttpClient): Promise<string> {
  const { status, body } = await client.get('/auth/me');
  return status === 200 ? (body.user.id as string) : (body.code as string);
}
