import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { asNumber } from '../../sql/database/column-values.js';

/** The id (`jti`) of a token that is used up: an assertion that was presented, or a token that was revoked. */
@Entity('auth_spent_token_id')
export class SpentTokenId {
  /** SHA-256 of what it is used up for, its client and its `jti`, in hex: whatever a `jti` is, it fits. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  /** Random: tells who of several that spent it at the same time was the one. */
  @Column({ type: 'varchar', length: 32 })
  nonce!: string;

  /** When no token of this id can be good any more, by the database's clock. */
  @Index()
  @Column({ name: 'expires_at', type: 'bigint', transformer: asNumber })
  expiresAt!: number;
}
