import type { AuthClient } from './auth-client.js';
import { superseded } from './auth-client-error.js';
import type { ClientParts } from './client-parts.js';
import { bearer, codeOf, RENEWABLE } from './requests.js';
import type { SignInState } from './shared-state.js';

export interface AuthorizedFetch extends Pick<AuthClient, 'authorize' | 'fetch'> {
  /**
   * The state, with an access token that has not expired by the clock of this machine. Throws AuthClientError, also where the renewal
   * found another user: what is sent next was meant for the former one.
   */
  freshState(): Promise<SignInState>;
}

/** `base` is where relative URLs start; the first of the `origins` has the built-in routes. */
export function authorizedFetch(
  { mode, byCookie, platform, shared }: ClientParts,
  renew: () => Promise<void>,
  origins: readonly string[],
  base: () => string,
): AuthorizedFetch {
  async function freshState(): Promise<SignInState> {
    const { user, renewAt } = shared.current();
    if (mode !== 'session' && (user === undefined || (user && renewAt <= platform.now()))) await renew();
    const now = shared.current();
    if (user && now.user && now.user.id !== user.id) throw superseded();
    return now;
  }

  const authorize: AuthClient['authorize'] = async (url) => {
    if (!origins.includes(new URL(url, base()).origin)) return { headers: {}, refused: async () => false };
    const sent = await freshState();
    return {
      headers: bearer(sent.accessToken),
      refused: async (code) => {
        // Beside a token that was sent, it is a session that is missing: no renewal brings one.
        if (sent.accessToken && code === 'AUTH_CREDENTIALS_MISSING') return false;
        if (!sent.user || !RENEWABLE.test(code as string)) return false;
        if (shared.current() === sent) await renew();
        const now = shared.current();
        // Never send for one user what was meant for another.
        return mode !== 'session' && now !== sent && now.user?.id === sent.user.id;
      },
    };
  };

  return {
    freshState,
    authorize,
    async fetch(input, init = {}) {
      const given = input instanceof Request ? input : undefined;
      const url = new URL(given?.url ?? `${input as URL}`, base());
      const headers = new Headers(init.headers ?? given?.headers);
      if (headers.has('Authorization')) return platform.fetch(given ?? url.href, init);
      for (let isRetry = false; ; isRetry = true) {
        const authorized = await authorize(url);
        const { Authorization } = authorized.headers;
        if (Authorization) headers.set('Authorization', Authorization);
        const answer = await platform.fetch(given ? given.clone() : url.href, {
          ...(byCookie && url.origin === origins[0] && { credentials: 'include' as const }),
          ...init,
          headers,
        });
        if (isRetry || answer.status !== 401) return answer;
        // A stream is used up: the next request has the new token.
        const isStream = (init.body as { getReader?: unknown } | undefined)?.getReader;
        if (!(await authorized.refused(await codeOf(answer))) || isStream) return answer;
      }
    },
  };
}
