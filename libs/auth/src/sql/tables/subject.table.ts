import { asSubject } from '../../subjects/subject-key.js';
import { asNumber } from '../database/column-values.js';
import { bigint, type TableDefinition, varchar } from '../database/table-definition.js';

export interface SubjectColumns {
  readonly subject: string;
  readonly epoch: number;
  readonly credentialVersion: number;
}

/**
 * A subject's epoch: sign-ins and access tokens that began before it are dead. And the version of its credentials, which
 * links and codes that were sent to the user are bound to.
 */
export const SUBJECTS: TableDefinition<SubjectColumns> = {
  name: 'auth_subject',
  entity: 'AuthSubject',
  columns: {
    subject: varchar('subject', 255, { primary: true, values: asSubject }),
    epoch: bigint('epoch', { values: asNumber }),
    credentialVersion: bigint('credential_version', { default: 0, values: asNumber }),
  },
  indices: [],
};

/** The row of the global epoch. No subject has this id. */
export const GLOBAL_SUBJECT = '';
