import { AuthClientError } from './auth-client-error.js';
import { inTime, type Platform, randomKey } from './platform.js';
import type { TokenStorage } from './token-storage.js';

const STORAGE_MS = 5_000;

/** A refresh token and the key that goes with each try to use it. */
export interface KeptToken {
  readonly token: string;
  readonly key: string | null;
}

/** Keeps the refresh token of the mode `tokens`. */
export interface KeptTokens {
  /** Throws AuthClientError when the storage does not answer. */
  load(): Promise<KeptToken | null>;
  /** Keeps a token with a new key: before it is used, so that a retry after a restart sends the same. Never throws. */
  save(token: string): Promise<void>;
  /** Throws AuthClientError when the storage fails: a token that stays would sign the user in again. */
  clear(): Promise<void>;
}

export function keptTokens(storage: TokenStorage, platform: Platform): KeptTokens {
  /** What could not be saved: it is newer than what the storage has. */
  let unsaved: KeptToken | undefined;

  let last: Promise<unknown> = Promise.resolve();
  /** One call at a time: a slow `save` must not end after the `clear` of a sign-out. */
  const ask = async <T>(call: () => Promise<T> | T): Promise<T> => {
    const answer = last.then(call, call);
    last = answer;
    try {
      return await inTime(platform, STORAGE_MS, answer);
    } catch (cause) {
      throw new AuthClientError('AUTH_CLIENT_STORAGE_FAILED', 'The storage failed.', 0, null, {}, { cause });
    }
  };
  const write = async (kept: KeptToken): Promise<void> => {
    unsaved = kept;
    try {
      await ask(() => storage.save(JSON.stringify(kept)));
      if (unsaved === kept) unsaved = undefined;
    } catch {
      // The copy in memory counts until it is saved.
    }
  };
  return {
    async load() {
      if (unsaved) await write(unsaved);
      return unsaved ?? ask(async () => parsed(await storage.load()));
    },
    save: (token) => write({ token, key: randomKey() }),
    clear() {
      unsaved = undefined;
      return ask(() => storage.clear());
    },
  };
}

/** A text that is not ours is none: an error would keep the user from signing in. */
function parsed(text: string | null): KeptToken | null {
  try {
    const { token, key = null } = JSON.parse(text!) as KeptToken;
    return token ? { token, key } : null;
  } catch {
    return null;
  }
}

/** The default: gone with the process or the page. */
export function memoryStorage(): TokenStorage {
  let kept: string | null = null;
  return {
    load: () => kept,
    save: (text) => void (kept = text),
    clear: () => void (kept = null),
  };
}
