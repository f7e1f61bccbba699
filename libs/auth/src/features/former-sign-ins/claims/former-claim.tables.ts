import { asNumber } from '../../../sql/database/column-values.js';
import { bigint, int, type TableDefinition, varchar } from '../../../sql/database/table-definition.js';
import { asSubject } from '../../../subjects/subject-key.js';
import type { FormerClaim } from './former-claim-store.js';

/** Former credentials that were seen: one row each, which stays until nothing accepts them any more. */
export const FORMER_CREDENTIALS: TableDefinition<FormerClaim> = {
  name: 'auth_former_credential',
  entity: 'FormerCredential',
  columns: {
    credential: varchar('credential', 64, { primary: true }),
    signInId: varchar('sign_in_id', 36, { nullable: true }),
    attemptHash: varchar('attempt_hash', 64, { nullable: true }),
    replacements: int('replacements'),
    openedAt: bigint('opened_at', { values: asNumber }),
    spentAt: bigint('spent_at', { nullable: true, values: asNumber }),
  },
  indices: [['openedAt']],
};

export interface FormerSubjectColumns {
  /** The empty one: everybody. */
  readonly subject: string;
  readonly endedAt: number;
}

/** Subjects whose former credentials are all refused. */
export const FORMER_SUBJECTS: TableDefinition<FormerSubjectColumns> = {
  name: 'auth_former_subject',
  entity: 'FormerSubject',
  columns: {
    subject: varchar('subject', 255, { primary: true, values: asSubject }),
    endedAt: bigint('ended_at', { values: asNumber }),
  },
  indices: [['endedAt']],
};
