import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { asJson, asNumber } from '../../sql/database/column-values.js';
import { asSubjectOrNull } from '../../subjects/subject-key.js';
import type { SecurityEvent } from '../../audit/security-event.js';

/** One security event, kept until its retention has passed or its subject is forgotten. */
@Entity('auth_event')
@Index(['subject', 'at'])
export class AuthEvent {
  /** Made by the process that recorded it, so that a write can be repeated; grows with time. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 40 })
  type!: SecurityEvent['type'];

  /** When it happened: epoch milliseconds of the database's clock. */
  @Index()
  @Column({ name: 'happened_at', type: 'bigint', transformer: asNumber })
  at!: number;

  /** Null for an event without a subject. */
  @Column({ type: 'varchar', length: 255, nullable: true, transformer: asSubjectOrNull })
  subject!: string | null;

  @Column({ name: 'sign_in_id', type: 'varchar', length: 36, nullable: true })
  signInId!: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  reason!: string | null;

  @Column({ type: 'varchar', length: 45, nullable: true })
  ip!: string | null;

  @Column({ name: 'user_agent', type: 'varchar', length: 255, nullable: true })
  userAgent!: string | null;

  /** What else the event says, as JSON. */
  @Column({ type: 'text', transformer: asJson })
  detail!: Readonly<Record<string, unknown>>;
}
