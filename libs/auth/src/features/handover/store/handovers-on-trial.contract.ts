import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { OpeningOutcome } from '../../../subjects/opening-outcome.js';
import { newFamily } from '../../../testing/contracts/refresh-token-family-store/family-on-trial.js';
import { newSession } from '../../../testing/contracts/session-store/session-on-trial.js';
import type { StoreHarness } from '../../../testing/contracts/store-harness.js';
import { HANDOVER_STORE } from './handover-feature-store.js';
import type { HandoverStore, NewHandover } from './handover-store.js';

/** A harness and the store of handovers. */
export interface Seen extends StoreHarness {
  readonly store: HandoverStore;
}
/** Of a sign-in. */
export type Kind = 'session' | 'tokens';
/** Each kind. */
export const KINDS: readonly Kind[] = ['session', 'tokens'];
/** How long a handover can be opened, in milliseconds. */
export const SPAN = 60_000;

/** Throws TypeError when the stores have no place for it. */
export function seenOf(harness: StoreHarness): Seen {
  const store = harness.stores.of(HANDOVER_STORE);
  if (!store) throw new TypeError('these stores have no place for HandoverStore');
  return { ...harness, store };
}

/** A handover to keep. */
export const fresh = (
  subject: string,
  parentId: string,
  changes: Partial<NewHandover> = {},
): NewHandover => ({
  id: randomUUID(),
  subject,
  parentId,
  secretHash: 'ab'.repeat(32),
  scopes: null,
  target: '/orders?page=2',
  lifeMs: SPAN,
  ...changes,
});

/** Opens a sign-in, from a handover where one is given. */
export async function open(
  { stores: { subjects, sessions, families } }: Seen,
  subject: string,
  kind: Kind,
  from: { readonly origin?: { parent: string; link: string }; readonly notAfter?: number } = {},
): Promise<{ readonly id: string; readonly outcome: OpeningOutcome }> {
  const epochs = await subjects.epochs(subject);
  const id = randomUUID();
  const outcome =
    kind === 'session'
      ? await sessions.open(newSession(epochs, { id, ...from }))
      : await families.open(newFamily({ id, epochs, ...from }));
  return { id, outcome };
}

/** Opens a sign-in of a person. */
export async function opened(seen: Seen, subject: string, kind: Kind): Promise<string> {
  const { id, outcome } = await open(seen, subject, kind);
  assert.equal(outcome.opened, true);
  return id;
}

/** A parent and a child of it. */
export async function pair(
  seen: Seen,
  subject: string,
  kinds: readonly [Kind, Kind] = ['tokens', 'session'],
) {
  const parent = await opened(seen, subject, kinds[0]);
  const child = await childOf(seen, subject, parent, kinds[1]);
  return { parent, child };
}

/** Hands a sign-in over; the id of the one that it opened. */
export async function childOf(
  seen: Seen,
  subject: string,
  parent: string,
  kind: Kind = 'session',
): Promise<string> {
  const handover = fresh(subject, parent);
  assert.equal(await seen.store.keep(handover), 'kept');
  const { id, outcome } = await open(seen, subject, kind, { origin: { parent, link: handover.id } });
  assert.equal(outcome.opened, true);
  return id;
}

/** Whether a sign-in has not ended. */
export async function isLive({ stores: { sessions, families } }: Seen, id: string): Promise<boolean> {
  const reading = (await sessions.read(id)) ?? (await families.read(id));
  return reading !== null && reading.row.revokedAt === null;
}
