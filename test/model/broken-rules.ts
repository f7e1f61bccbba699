import { type FamilyRow, type RotationAttempt, type RotationOutcome } from 'nestjs-aerie/stores';
import { MemoryRefreshTokenFamilyStore } from 'nestjs-aerie/testing';
import { ReferenceStore, type Rule } from './model-store.js';

type Change = (row: FamilyRow, outcome: RotationOutcome, now: number) => Partial<FamilyRow> | undefined;
type Before = (row: FamilyRow) => Partial<FamilyRow>;

/** The reference implementation with one mistake: its row is changed before, or after, each rotation. */
const mistaken = (name: string, { before, after }: { before?: Before; after?: Change }): Rule => ({
  name,
  store: (subjects, clock) =>
    new (class extends ReferenceStore {
      override async rotate(attempt: RotationAttempt): Promise<RotationOutcome> {
        const { rows } = this;
        const row = rows.get(attempt.familyId)!;
        if (before) rows.put({ ...row, ...before(row) });
        const outcome = await MemoryRefreshTokenFamilyStore.prototype.rotate.call(this, attempt);
        const next = rows.get(row.id)!;
        rows.put({ ...next, ...after?.(next, outcome, clock.now()) });
        return outcome;
      }
    })(subjects, clock),
});

/** Mistakes that other implementations made, each with the invariant that it breaks. */
export const BROKEN_RULES = [
  [
    'I3',
    'a step-up',
    mistaken('forgets that a step-up closed the window', { before: () => ({ replayClosed: false }) }),
  ],
  [
    'I3',
    'a patient thief',
    mistaken('slides the window with every replay', {
      after: (_, { kind }, now) => (kind === 'replayed' ? { rotatedAt: now } : undefined),
    }),
  ],
  [
    'I4',
    'a logout',
    mistaken('does not look whether the family was revoked', { before: () => ({ revokedAt: null }) }),
  ],
  [
    'I5',
    'the limits',
    mistaken('extends the absolute limit', {
      after: (row, { kind }, now) => (kind === 'rotated' ? { expiresAt: now + 30 * 86_400_000 } : row),
    }),
  ],
  ['I2', 'two tabs', mistaken('forgets the parent', { after: () => ({ previousHash: null }) })],
] as const satisfies readonly (readonly [string, string, Rule])[];
