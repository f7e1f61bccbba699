import { Controller, Get, Header, Post, UseGuards } from '@nestjs/common';
import {
  AnyAuthGuard,
  type AuthOptions,
  type AuthStructuralOptions,
  CurrentUser,
  Public,
} from 'nestjs-aerie';
import type { Page } from 'playwright-core';
import { PASSWORD } from '../support/sign-ins.js';
import { type Adapter, startTestApp, type TestApp, type TestAppInput } from '../support/test-app.js';
import { post } from './browser.js';

/** Pages of an application, without a script of their own: a test is their script. */
@Controller()
export class OwnPagesController {
  @Public()
  @Get()
  @Header('Content-Type', 'text/html')
  home() {
    return '<!doctype html><title>Home</title><a id="account" href="/account">My account</a>';
  }

  @UseGuards(AnyAuthGuard)
  @Get('account')
  @Header('Content-Type', 'text/html')
  @Header('Cache-Control', 'no-store')
  account(@CurrentUser('id') id: string) {
    return `<!doctype html><title>Account</title><main>account of ${id}</main><a id="home" href="/">Home</a>`;
  }

  @UseGuards(AnyAuthGuard)
  @Post('orders')
  order(@CurrentUser('id') id: string) {
    return { by: id };
  }
}

export interface OwnApp extends TestApp {
  readonly port: number;
  /** The address of a path. Every name that ends in `localhost` is this machine to Chromium. */
  at(path: string, host?: string): string;
}

/** Two names of one site, and a name of another one. `localhost` counts as a top-level domain. */
export const APP_HOST = 'app.shop.localhost';
export const SIBLING_HOST = 'blog.shop.localhost';
export const FOREIGN_HOST = 'evil.localhost';

/** An application with pages, and the users `ada` and `eve`. */
export async function startOwnApp(
  adapter: Adapter,
  options: Partial<AuthOptions & AuthStructuralOptions> = {},
  { controllers = [], ...input }: TestAppInput = {},
): Promise<OwnApp> {
  const app = await startTestApp({
    ...input,
    adapter,
    controllers: [OwnPagesController, ...controllers],
    options,
  });
  await app.users.add('ada', undefined, { id: 'ada' });
  await app.users.add('eve', undefined, { id: 'eve' });
  const port = Number(new URL(app.url).port);
  return Object.assign(app, {
    port,
    at: (path: string, host = APP_HOST) => `http://${host}:${port}${path}`,
  });
}

/** Signs in by the script of the page that is open, which must be one of the application. */
export async function signInBy(
  page: Page,
  mode: 'session' | 'tokens' | 'hybrid',
  identifier = 'ada',
): Promise<any> {
  const { status, body } = await post(page, '/auth/login', { identifier, password: PASSWORD, mode });
  if (status !== 200) throw new Error(`the login was answered with ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Who the page is for the application: an id, or the code of the refusal. */
export async function whoIs(page: Page, accessToken?: string): Promise<string> {
  const authorization = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  return page.evaluate(async (headers: Record<string, string>) => {
    const body: any = await (await fetch('/auth/me', { headers })).json();
    return body.user?.id ?? body.code;
  }, authorization);
}
