import type { FamilyRow } from '../../refresh-tokens/refresh-token-family-store.js';
import { asBoolean, asNumber, asWords } from '../database/column-values.js';
import { bigint, boolean, int, type TableDefinition, text, varchar } from '../database/table-definition.js';
import { SIGN_IN_COLUMNS } from './sign-in-columns.js';

export interface FamilyColumns extends FamilyRow {
  readonly revokedTokens: readonly string[] | null;
}

/** One row a family, however often it is refreshed. */
export const FAMILIES: TableDefinition<FamilyColumns> = {
  name: 'auth_refresh_token_family',
  entity: 'RefreshTokenFamily',
  columns: {
    ...SIGN_IN_COLUMNS,
    generation: int('generation'),
    currentHash: varchar('current_hash', 64),
    previousHash: varchar('previous_hash', 64, { nullable: true }),
    replacedHashes: varchar('replaced_hashes', 192, { default: '' }),
    replacedAt: bigint('replaced_at', { nullable: true, values: asNumber }),
    salt: varchar('salt', 32),
    attemptHash: varchar('attempt_hash', 64, { nullable: true }),
    rotatedAt: bigint('rotated_at', { values: asNumber }),
    replays: int('replays', { default: 0 }),
    foreignReplays: int('foreign_replays', { default: 0 }),
    foreignReplayGeneration: int('foreign_replay_generation', { nullable: true }),
    replayClosed: boolean('replay_closed', { default: false, values: asBoolean }),
    revokedTokens: text('revoked_tokens', { nullable: true, selected: false, values: asWords }),
  },
  indices: [['subject'], ['expiresAt']],
};
