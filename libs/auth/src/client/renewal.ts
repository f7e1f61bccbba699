import { AuthClientError } from './auth-client-error.js';
import type { ClientParts } from './client-parts.js';
import type { KeptToken } from './kept-token.js';
import { wait } from './platform.js';
import { errorOf } from './requests.js';
import { signedOut, type SignInState } from './shared-state.js';
import type { SignIns } from './sign-ins.js';

const TRIES = 4;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 10_000;

export interface Renewal {
  /** Asks the server for the sign-in as it is now. Calls at the same time share one. Throws AuthClientError. */
  renew(): Promise<void>;
  /** Cancels the request that runs: its answer is no longer wanted. */
  cancel(): void;
}

export function renewalOf(parts: ClientParts, { adopt, settle }: SignIns): Renewal {
  const { mode, byCookie, platform, shared, records, kept, turn, ask } = parts;
  let running: Promise<void> | undefined;
  let abort = new AbortController();

  /** One try, in its turn. */
  async function tryOnce(before: SignInState): Promise<void> {
    // Another tab was quicker: its answer counts for this one.
    if (shared.current() !== before) return;
    const epoch = shared.epoch();
    const wasOwing = await settle();
    const token = byCookie ? null : await kept.load();
    if (wasOwing || (!byCookie && !token)) return ended(before);
    const { key } = token ?? records.read();
    abort = new AbortController();
    const answer = await (mode === 'session'
      ? ask('me', { method: 'GET', abort })
      : ask('refresh', {
          headers: key ? { 'Idempotency-Key': key } : {},
          body: token ? { refresh_token: token.token } : undefined,
          abort,
        }));
    const { status, body } = answer;
    if (status === 200 && body['user']) await adopt(body, before, epoch);
    // A 401 without a code of ours is not of our server.
    else if (status === 401 && `${body['code']}`.startsWith('AUTH_')) await refused(token, before);
    else throw errorOf(answer);
  }

  async function refused(token: KeptToken | null, before: SignInState): Promise<void> {
    if (token) {
      // Another tab has stored a newer one meanwhile: that one is tried next.
      if ((await kept.load())?.token !== token.token) throw new AuthClientError(null, 'Replaced.');
      if (shared.current() === before) await kept.clear();
    }
    ended(before);
  }

  const ended = ({ epoch, generation }: SignInState): void =>
    void shared.accept(signedOut(epoch, generation + 0.5));

  async function renewNow(): Promise<void> {
    const before = shared.current();
    for (let tries = 1; ; tries++) {
      try {
        return await turn(() => tryOnce(before));
      } catch (error) {
        if (shared.current() !== before) return;
        const pause = pauseAfter(error as AuthClientError, tries);
        if (pause === null) throw error;
        await wait(platform, pause);
      }
    }
  }

  return {
    renew: () =>
      (running ??= renewNow().finally(() => {
        running = undefined;
      })),
    cancel: () => abort.abort(),
  };
}

/** How long to wait before the next try, in milliseconds; null: the caller is told. */
function pauseAfter({ status, retryAfter }: AuthClientError, tries: number): number | null {
  // Null counts as 0.
  const asked = retryAfter! * 1_000;
  if (tries === TRIES || ![0, 502, 503, 504].includes(status) || asked > LONGEST_PAUSE_MS) return null;
  return Math.max(asked, FIRST_PAUSE_MS * 3 ** (tries - 1) * (0.5 + Math.random() / 2));
}
