import { asSubject } from '../../subjects/subject-key.js';
import { asNumber, asWords } from '../database/column-values.js';
import { bigint, text, varchar } from '../database/table-definition.js';

const instant = (name: string) => bigint(name, { values: asNumber });

/** The columns that sessions and refresh-token families have in common: whose they are, and how they end. */
export const SIGN_IN_COLUMNS = {
  id: varchar('id', 36, { primary: true }),
  subject: varchar('subject', 255, { values: asSubject }),
  subjectEpoch: instant('subject_epoch'),
  globalEpoch: instant('global_epoch'),
  createdAt: instant('created_at'),
  idleExpiresAt: instant('idle_expires_at'),
  expiresAt: instant('expires_at'),
  revokedAt: bigint('revoked_at', { nullable: true, values: asNumber }),
  revokedReason: varchar('revoked_reason', 40, { nullable: true }),
  authenticatedAt: instant('authenticated_at'),
  methods: text('methods', { values: asWords }),
  scopes: text('scopes', { nullable: true, values: asWords }),
  ip: varchar('ip', 45, { nullable: true }),
  userAgent: varchar('user_agent', 255, { nullable: true }),
  label: varchar('label', 100, { nullable: true }),
} as const;
