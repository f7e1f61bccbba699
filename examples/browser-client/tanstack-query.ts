import { QueryClient } from '@tanstack/query-core';
import { type AuthClient, AuthClientError } from 'nestjs-aerie/client';

/** A query client that asks as the user, and forgets what it knows when the user is another one. */
export function queriesOf(auth: AuthClient): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        // The key is the path: `{ queryKey: ['/notes'] }`.
        queryFn: async ({ queryKey, signal }) => {
          const answer = await auth.fetch(String(queryKey[0]), { signal });
          const body: any = await answer.json();
          if (answer.ok) return body;
          const wait = Number.parseFloat(answer.headers.get('Retry-After') ?? '0');
          throw new AuthClientError(body.code ?? null, body.message, answer.status, wait, body);
        },
        // A refusal stays one. A server that is down, or a network, may come back.
        retry: (count, error) =>
          count < 3 && !(error instanceof AuthClientError && error.status >= 400 && error.status < 500),
        retryDelay: (count, error) =>
          error instanceof AuthClientError && error.retryAfter ? error.retryAfter * 1_000 : 500 * 2 ** count,
      },
    },
  });
  auth.onChange((user, former) => {
    if (user?.id !== former?.id) queries.clear();
  });
  return queries;
}
