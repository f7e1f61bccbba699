import { randomBytes, randomUUID } from 'node:crypto';
import type { StoreHarness } from '../../../testing/contracts/store-harness.js';
import { ACTION_TOKEN_STORE } from './action-token-feature-store.js';
import type { ActionTokenStore, NewActionToken } from './action-token-store.js';

/** What the sentences of the contract ask. */
export interface Kept {
  readonly store: ActionTokenStore;
  readonly registry: StoreHarness['stores']['registry'];
}

/** The stores of a harness. */
export function keptOf({ stores }: StoreHarness): Kept {
  const store = stores.of(ACTION_TOKEN_STORE);
  if (!store) throw new TypeError('these stores have no place for ActionTokenStore');
  return { store, registry: stores.registry };
}

/** A hash of something new. */
export const hash = (): string => randomBytes(32).toString('hex');
/** A proving token. */
export const fresh = (changes: Partial<NewActionToken> = {}): NewActionToken => ({
  id: randomUUID(),
  purpose: 'reset',
  subject: randomUUID(),
  binding: null,
  contextHash: null,
  secretHash: hash(),
  kind: 'link',
  askerHash: null,
  lifetimeMs: 600_000,
  ...changes,
});
/** A rescue token. */
export const rescue = (subject: string, changes: Partial<NewActionToken> = {}): NewActionToken =>
  fresh({ subject, purpose: 'email-undo', binding: randomUUID(), ...changes });
/** The store's clock has moved on when this is over. */
export const tick = () => new Promise((passed) => setTimeout(passed, 5));
/** Whether a token was used, or ended. */
export const isSpent = async (store: ActionTokenStore, { id }: NewActionToken): Promise<boolean> =>
  (await store.find(id))!.row.spentAt !== null;
