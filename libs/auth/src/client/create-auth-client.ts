import type { AuthClient, AuthClientOptions } from './auth-client.js';
import { clientOn } from './client-on.js';
import { platformOf } from './platform.js';

/**
 * Makes the client of an application: one for each page, or for each user of a process.
 *
 * @throws TypeError for an unknown mode, or without `baseUrl` outside of browsers.
 * @example
 * ```ts
 * import { createAuthClient } from 'nestjs-aerie/client';
 *
 * const auth = createAuthClient({ baseUrl: 'https://api.example.com', mode: 'hybrid' });
 * auth.onChange((user) => console.log(user ? `signed in as ${user.id}` : 'signed out'));
 * await auth.restore();
 * if (!auth.user) await auth.signIn({ identifier: 'ada@example.com', password: 'correct horse battery staple' });
 * const notes = await auth.fetch('/notes');
 * ```
 */
export function createAuthClient(options: AuthClientOptions): AuthClient {
  const tabs = options.tabs ?? options.mode !== 'tokens';
  return clientOn(platformOf(tabs, options.fetch), options);
}
