import type { KeyState } from './key-options.js';
import type { SigningKeyReading, StoredKey } from './signing-key-store.js';

export interface KeyRules {
  readonly alg: string;
  readonly rotateEveryMs: number;
  readonly announceMs: number;
  /** For how long a key verifies after its successor has begun to sign: longer than any token of its lives. */
  readonly retentionMs: number;
}

export interface ScheduledKey {
  readonly key: StoredKey;
  readonly state: KeyState;
  /** Null: not known yet. */
  readonly verifiesUntil: number | null;
}

export interface KeySchedule {
  /** Those that verify, by ascending id: exactly one of them is active, unless there is none at all. */
  readonly keys: readonly ScheduledKey[];
  /** The key that is to be made now. */
  readonly due: { readonly id: number; readonly beginsAt: number } | null;
  /** Keys up to this id verify no more. */
  readonly goneUpTo: number | null;
}

/**
 * What the keys that are kept mean now, by the store's clock: the newest that has begun signs, those before it verify
 * what they signed, those after it are announced. Pure: every node that reads the same comes to the same.
 */
export function scheduleOf({ keys, now }: SigningKeyReading, rules: KeyRules): KeySchedule {
  const newest = keys.at(-1);
  if (!newest) return { keys: [], due: { id: 1, beginsAt: now }, goneUpTo: null };
  // A clock that went back must not leave us without a key that signs.
  const active = Math.max(
    0,
    keys.findLastIndex(({ beginsAt }) => beginsAt <= now),
  );
  const scheduled = keys.map((key, index): ScheduledKey => {
    const successor = keys[index + 1];
    return {
      key,
      state: index < active ? 'retired' : index === active ? 'active' : 'next',
      verifiesUntil: successor ? successor.beginsAt + rules.retentionMs : null,
    };
  });
  const gone = scheduled.filter(
    ({ state, verifiesUntil }) => state === 'retired' && verifiesUntil !== null && verifiesUntil <= now,
  );
  return {
    keys: scheduled.filter((one) => !gone.includes(one)),
    due: dueAfter(newest, keys[active] === newest, now, rules),
    goneUpTo: gone.at(-1)?.key.id ?? null,
  };
}

function dueAfter(newest: StoredKey, signs: boolean, now: number, rules: KeyRules): KeySchedule['due'] {
  if (!signs) return null;
  const ends = newest.alg === rules.alg ? newest.beginsAt + rules.rotateEveryMs : now;
  if (now < ends - rules.announceMs) return null;
  // Announced for its whole time, also when no process was there to do so earlier.
  return { id: newest.id + 1, beginsAt: Math.max(ends, now + rules.announceMs) };
}
