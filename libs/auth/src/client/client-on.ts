import type { AuthClient, AuthClientOptions, AuthListener, AuthUser } from './auth-client.js';
import { authorizedFetch } from './authorized-fetch.js';
import { browserRecords } from './browser-record.js';
import type { ClientParts } from './client-parts.js';
import { keptTokens, memoryStorage } from './kept-token.js';
import type { Platform } from './platform.js';
import { renewalOf } from './renewal.js';
import { ask } from './requests.js';
import { sharedState, type SignInState } from './shared-state.js';
import { signInsOf } from './sign-ins.js';
import { turnsOf } from './turns.js';

/** The client on a platform: `createAuthClient` says which. */
export function clientOn(platform: Platform, options: AuthClientOptions): AuthClient {
  const { mode, path = '/auth' } = options;
  const base = (): string => options.baseUrl || platform.location?.href || '';
  if (!['session', 'tokens', 'hybrid'].includes(mode) || !base())
    throw new TypeError(
      '"mode" must be session, tokens or hybrid; outside of browsers "baseUrl" is required',
    );

  const routes = new URL(path.replace(/\/*$/, '/'), base());
  const origins = [routes.href, ...(options.origins ?? [])].map((url) => new URL(url).origin);
  const name = `nestjs-aerie/1:${mode}:${routes.href}`;
  const byCookie = mode !== 'tokens';
  const records = browserRecords(name, platform);
  const shared = sharedState(name, platform, records, changed);
  const parts: ClientParts = {
    mode,
    byCookie,
    platform,
    shared,
    records,
    kept: keptTokens(options.storage ?? memoryStorage(), platform),
    turn: turnsOf(name, platform, shared),
    ask: (route, request) => ask(platform, new URL(route, routes), request, byCookie ? 'include' : 'omit'),
  };
  const signIns = signInsOf(parts);
  const { renew, cancel } = renewalOf(parts, signIns);
  const { fetch, authorize, freshState } = authorizedFetch(parts, renew, origins, base);
  const listeners = new Set<AuthListener>();

  function changed(state: SignInState, former: SignInState): void {
    // What runs for the former sign-in is no longer wanted.
    if (state.epoch !== former.epoch) cancel();
    if (JSON.stringify(state.user) === JSON.stringify(former.user)) return;
    // Not here: a listener that calls the client, or throws, must not disturb it.
    for (const listener of listeners) queueMicrotask(() => listener(state.user!, former.user));
  }

  const refresh = async (): Promise<AuthUser | null> => {
    await renew();
    return shared.current().user ?? null;
  };
  return {
    get user() {
      return shared.current().user;
    },
    restore: async () => {
      const { user } = shared.current();
      return user === undefined ? refresh() : user;
    },
    refresh,
    signIn: (body, route = 'login') => signIns.enter(route, true, () => ({ ...body, mode })),
    async stepUp(body, route = 'step-up') {
      await freshState();
      return signIns.enter(route, false, (kept) =>
        kept && route === 'step-up' ? { ...body, refresh_token: kept.token } : body,
      );
    },
    signOut: signIns.signOut,
    fetch,
    authorize,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      listeners.clear();
      cancel();
      shared.close();
    },
  };
}
