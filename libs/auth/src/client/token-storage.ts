/**
 * Keeps the refresh token of the mode `tokens`, and its Idempotency-Key: one text. On a phone that is the keychain, in a
 * command-line tool a file with mode 600. In a browser take the mode `session` or `hybrid` instead: every script of the page can
 * read what is stored there.
 *
 * A method may fail: the client then goes on with the copy in its memory, and saves it again at the next chance. It waits five seconds.
 *
 * @example
 * ```ts
 * import type { TokenStorage } from 'nestjs-aerie/client';
 *
 * interface SecureStore {
 *   getItemAsync(key: string): Promise<string | null>;
 *   setItemAsync(key: string, value: string): Promise<void>;
 *   deleteItemAsync(key: string): Promise<void>;
 * }
 * export const secureStorage = (store: SecureStore): TokenStorage => ({
 *   load: () => store.getItemAsync('auth'),
 *   save: (text) => store.setItemAsync('auth', text),
 *   clear: () => store.deleteItemAsync('auth'),
 * });
 * ```
 */
export interface TokenStorage {
  /** The text that was saved last; null: none. */
  load(): Promise<string | null> | string | null;
  save(text: string): Promise<void> | void;
  clear(): Promise<void> | void;
}
