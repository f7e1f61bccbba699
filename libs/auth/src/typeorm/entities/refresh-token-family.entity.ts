import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { asBoolean, asNumber, asWords } from '../../sql/database/column-values.js';
import { asSubject } from '../../subjects/subject-key.js';

/**
 * One sign-in that lives by refresh tokens: it stays one row, which a rotation changes. Hashes are SHA-256 in hex;
 * instants are epoch milliseconds of the database's clock. Reading this table yields no token.
 */
@Entity('auth_refresh_token_family')
export class RefreshTokenFamily {
  /** The sign-in's id (`sid`): public. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Index()
  @Column({ type: 'varchar', length: 255, transformer: asSubject })
  subject!: string;

  /** The subject's epoch as at sign-in. */
  @Column({ name: 'subject_epoch', type: 'bigint', transformer: asNumber })
  subjectEpoch!: number;

  /** The global epoch as at sign-in: below the present one, the family is refused. */
  @Column({ name: 'global_epoch', type: 'bigint', transformer: asNumber })
  globalEpoch!: number;

  @Column({ type: 'int' })
  generation!: number;

  @Column({ name: 'current_hash', type: 'varchar', length: 64 })
  currentHash!: string;

  @Column({ name: 'previous_hash', type: 'varchar', length: 64, nullable: true })
  previousHash!: string | null;

  /** Hashes of successors that a late retry replaced in this generation, up to three, one after the other. */
  @Column({ name: 'replaced_hashes', type: 'varchar', length: 192, default: '' })
  replacedHashes!: string;

  @Column({ name: 'replaced_at', type: 'bigint', nullable: true, transformer: asNumber })
  replacedAt!: number | null;

  /** What the current token was derived with: 16 random bytes. */
  @Column({ type: 'varchar', length: 32 })
  salt!: string;

  /** Digest of the Idempotency-Key that the last rotation carried. */
  @Column({ name: 'attempt_hash', type: 'varchar', length: 64, nullable: true })
  attemptHash!: string | null;

  @Column({ name: 'rotated_at', type: 'bigint', transformer: asNumber })
  rotatedAt!: number;

  /** Replays of the parent in this generation. */
  @Column({ type: 'int', default: 0 })
  replays!: number;

  /** Generations running in which a replay came from another user agent. */
  @Column({ name: 'foreign_replays', type: 'int', default: 0 })
  foreignReplays!: number;

  /** The last such generation. */
  @Column({ name: 'foreign_replay_generation', type: 'int', nullable: true })
  foreignReplayGeneration!: number | null;

  /** The parent may not be replayed: the family was re-keyed. */
  @Column({ name: 'replay_closed', type: Boolean, default: false, transformer: asBoolean })
  replayClosed!: boolean;

  /** Access tokens that were revoked by themselves; null: none ever was. */
  @Column({ name: 'revoked_tokens', type: 'text', nullable: true, select: false, transformer: asWords })
  revokedTokens!: readonly string[] | null;

  @Column({ name: 'created_at', type: 'bigint', transformer: asNumber })
  createdAt!: number;

  @Column({ name: 'idle_expires_at', type: 'bigint', transformer: asNumber })
  idleExpiresAt!: number;

  /** Absolute: no rotation moves it. */
  @Index()
  @Column({ name: 'expires_at', type: 'bigint', transformer: asNumber })
  expiresAt!: number;

  @Column({ name: 'revoked_at', type: 'bigint', nullable: true, transformer: asNumber })
  revokedAt!: number | null;

  @Column({ name: 'revoked_reason', type: 'varchar', length: 40, nullable: true })
  revokedReason!: string | null;

  @Column({ name: 'authenticated_at', type: 'bigint', transformer: asNumber })
  authenticatedAt!: number;

  @Column({ type: 'text', transformer: asWords })
  methods!: readonly string[];

  /** Scopes that this sign-in was narrowed to; null: all that the subject has. */
  @Column({ type: 'text', nullable: true, transformer: asWords })
  scopes!: readonly string[] | null;

  @Column({ type: 'varchar', length: 45, nullable: true })
  ip!: string | null;

  @Column({ name: 'user_agent', type: 'varchar', length: 255, nullable: true })
  userAgent!: string | null;

  @Column({ type: 'varchar', length: 100, nullable: true })
  label!: string | null;
}
