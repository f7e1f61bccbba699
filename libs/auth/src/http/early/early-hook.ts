import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';
import { type EarlyApplication, type EarlyMatch, hookExpress, hookFastify } from './early-hook-adapters.js';
import { AuthCookies } from '../auth-cookies.js';
import { doesWithoutBody } from '../presented-sign-ins.js';
import { ConfiguredRoutes, RoutesPath } from '../mount-path.js';

const ROUTES =
  /^(POST \/(login|refresh|logout-all|step-up|access-token\/revoke)|(GET|HEAD) \/(me|sign-ins)|DELETE \/sign-ins\/[^/]+)\/?$/i;
const LOGOUT = /^POST \/logout\/?$/i;

/**
 * What must happen before the framework parses anything: no-store on every answer under the path, the framework's
 * own errors and 404 included, and bodies of our routes read by us, so that a malformed or oversized one is refused
 * with a code. `EarlyRefusalGuard` answers these, after the host's middleware. Armed when the adapter is set, which is before
 * its parsers are registered.
 */
@Injectable()
export class EarlyHook {
  constructor(host: HttpAdapterHost, path: RoutesPath, routes: ConfiguredRoutes, cookies: AuthCookies) {
    if (routes.path === null) return;
    const match = (request: IncomingMessage): EarlyMatch => {
      const { method = 'GET', url = '/' } = request;
      const matched = matchOf(method, url, path.get(), routes.bodies);
      if (matched !== 'logout') return matched;
      return doesWithoutBody(request, cookies) ? 'without-body' : 'our-route';
    };
    const arm = (): void => {
      const adapter: AbstractHttpAdapter | null = host.httpAdapter;
      // A standalone context or a microservice has none.
      if (!adapter) return;
      if (adapter.getType() === 'fastify') hookFastify(adapter.getInstance<EarlyApplication>(), match);
      else hookExpress(adapter as unknown as EarlyApplication, match);
    };
    if (host.httpAdapter) arm();
    else onAdapterSet(host, arm);
  }
}

/**
 * Calls back when a host without an adapter gets one: in tests, where providers are made before the application. Nest before
 * 11.1.4 has no `init$`.
 */
function onAdapterSet(host: HttpAdapterHost, arm: () => void): void {
  const { init$ } = host as { readonly init$?: HttpAdapterHost['init$'] };
  if (init$) return void init$.subscribe(arm);
  const accessor =
    Object.getOwnPropertyDescriptor(host, 'httpAdapter') ??
    Object.getOwnPropertyDescriptor(HttpAdapterHost.prototype, 'httpAdapter')!;
  Object.defineProperty(host, 'httpAdapter', {
    ...accessor,
    set(adapter: AbstractHttpAdapter) {
      accessor.set!.call(host, adapter);
      arm();
    },
  });
}

/** Compared as loosely as any router does: absolute form, fragment, case, percent escapes, a trailing slash. */
function matchOf(
  method: string,
  url: string,
  path: string,
  bodies: ConfiguredRoutes['bodies'],
): EarlyMatch | 'logout' {
  const target = url.startsWith('/') ? url : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const end = target.search(/[?#]/);
  let pathname = end === -1 ? target : target.slice(0, end);
  if (pathname.includes('%')) {
    try {
      pathname = decodeURIComponent(pathname);
    } catch {
      // Malformed: compared as it is.
    }
  }
  const lower = pathname.toLowerCase();
  const base = path === '/' ? '' : path.toLowerCase();
  if (!lower.startsWith(`${base}/`) && lower !== base) return 'none';
  const route = `${method} ${lower.slice(base.length)}`;
  const body = bodies.get(route.replace(/(?<=.)\/$/, ''));
  if (body) return body === 'form' ? 'form-route' : 'our-route';
  if (LOGOUT.test(route)) return 'logout';
  return ROUTES.test(route) ? 'our-route' : 'under-path';
}
