import { asSubject } from '../../subjects/subject-key.js';
import { asNumber } from '../database/column-values.js';
import { bigint, type TableDefinition, varchar } from '../database/table-definition.js';

export interface SubjectColumns {
  readonly subject: string;
  readonly epoch: number;
}

/** A subject's epoch: sign-ins and access tokens that began before it are dead. */
export const SUBJECTS: TableDefinition<SubjectColumns> = {
  name: 'auth_subject',
  entity: 'AuthSubject',
  columns: {
    subject: varchar('subject', 255, { primary: true, values: asSubject }),
    epoch: bigint('epoch', { values: asNumber }),
  },
  indices: [],
};

/** The row of the global epoch. No subject has this id. */
export const GLOBAL_SUBJECT = '';
