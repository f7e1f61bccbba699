import type { TokenStorage } from 'nestjs-aerie/client';

/** What expo-secure-store and react-native-keychain have in common. AsyncStorage fits too, but keeps its texts readable. */
export interface KeyValueStore {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
}

/** Keeps the refresh token in the secure store of a phone. */
export const secureStorage = (store: KeyValueStore, key = 'auth'): TokenStorage => ({
  load: () => store.getItem(key),
  save: (text) => store.setItem(key, text),
  clear: () => store.removeItem(key),
});
