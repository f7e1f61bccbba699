import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { asNumber, asWords } from '../../sql/database/column-values.js';
import { asSubject } from '../../subjects/subject-key.js';

/** One sign-in that lives by a session cookie. Instants are epoch milliseconds of the database's clock. */
@Entity('auth_session')
export class Session {
  /** The sign-in's id (`sid`): public, and the same for the session's life. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  /** SHA-256 of the secret in the cookie, in hex. */
  @Column({ name: 'secret_hash', type: 'varchar', length: 64 })
  secretHash!: string;

  @Index()
  @Column({ type: 'varchar', length: 255, transformer: asSubject })
  subject!: string;

  @Column({ name: 'subject_epoch', type: 'bigint', transformer: asNumber })
  subjectEpoch!: number;

  @Column({ name: 'global_epoch', type: 'bigint', transformer: asNumber })
  globalEpoch!: number;

  /** The application's own data (`SessionData`), as JSON; not read with the rest of the row. */
  @Column({ type: 'text', nullable: true, select: false })
  data!: string | null;

  /** Moves with every write of `data`. */
  @Column({ type: 'int', default: 0, select: false })
  version!: number;

  @Column({ name: 'created_at', type: 'bigint', transformer: asNumber })
  createdAt!: number;

  @Column({ name: 'seen_at', type: 'bigint', transformer: asNumber })
  seenAt!: number;

  @Column({ name: 'idle_expires_at', type: 'bigint', transformer: asNumber })
  idleExpiresAt!: number;

  /** Absolute: no activity moves it. */
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
