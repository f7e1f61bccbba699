import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-strategy';

/** An OAuth provider on another site than an application on 127.0.0.1. It asks for consent, and gives a code. */
class Provider {
  private readonly server: Server;
  url = '';

  constructor() {
    this.server = createServer((request, response) => {
      const { searchParams: asked, pathname } = new URL(request.url!, 'http://localhost');
      const back = `${asked.get('redirect_uri')}?code=ada&state=${asked.get('state')}`;
      if (pathname === '/known') response.writeHead(302, { location: back }).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end(`<a href="${back}">Allow</a>`);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

export const provider = new Provider();
/** Where the application is, and the page of the provider that it leads to: `/consent`, or `/known`, which asks nothing. */
export const application = { url: '', path: '/consent' };

interface Actions {
  redirect(url: string): void;
  success(user: object): void;
  fail(): void;
}

/** What passport-google-oauth20 does, as far as the browser sees it. Everyone is `user-1`. */
@Injectable()
export class GoogleStrategy extends PassportStrategy(Strategy as unknown as new () => Strategy, 'google') {
  private readonly states = new Set<string>();

  override authenticate(request: { url: string }): void {
    const { searchParams, pathname } = new URL(request.url, application.url);
    const actions = this as unknown as Actions;
    const code = searchParams.get('code');
    if (code === null) {
      const state = String(Math.random());
      this.states.add(state);
      const back = `${application.url}${pathname.replace(/\/callback$/, '')}/callback`;
      const asked = new URLSearchParams({ redirect_uri: back, state }).toString();
      return actions.redirect(`${provider.url}${application.path}?${asked}`);
    }
    if (!this.states.delete(searchParams.get('state') ?? '')) return actions.fail();
    return actions.success({ id: 'user-1' });
  }

  validate(): void {}
}
