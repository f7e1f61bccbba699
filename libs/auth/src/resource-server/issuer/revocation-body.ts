import type { RevocationEvent, RevocationEventKind } from '../../revocation/revocation-event.js';

const KINDS: Readonly<Record<RevocationEventKind, true>> = {
  sign_in: true,
  sign_in_changed: true,
  subject_stale: true,
  everything: true,
  token: true,
  client: true,
  keys: true,
};

/** Kinds that end what was issued under an earlier epoch: without one they would end nothing. */
const WITH_EPOCH: readonly RevocationEventKind[] = ['subject_stale', 'everything', 'client'];

/** Whether a value is an instant in epoch milliseconds. */
export function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/**
 * The revocations of an issuer's answer, by ascending id, each greater than `after`; `undefined` when any of them cannot be
 * understood: what an unknown kind would end must not pass for nothing, nor the same page for the next one.
 */
export function revocationsOf(given: unknown, after: number): readonly RevocationEvent[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const revocations: RevocationEvent[] = [];
  let last = after;
  for (const one of given as unknown[]) {
    const read = revocationOf(one);
    if (!read || !(read.id > last)) return undefined;
    last = read.id;
    revocations.push(read);
  }
  return revocations;
}

function revocationOf(given: unknown): RevocationEvent | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { id, kind, value, epoch, created_at, expires_at } = given as Record<string, unknown>;
  if (!Number.isSafeInteger(id) || typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) return undefined;
  if (typeof value !== 'string' || !isInstant(created_at) || !isInstant(expires_at)) return undefined;
  const needsEpoch = WITH_EPOCH.includes(kind as RevocationEventKind);
  if (!Number.isSafeInteger(epoch) && (needsEpoch || epoch !== null)) return undefined;
  return {
    id: id as number,
    kind: kind as RevocationEventKind,
    value,
    epoch: epoch as number | null,
    createdAt: created_at,
    expiresAt: expires_at,
  };
}
