import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { asNumber } from '../database/column-values.js';
import type { AnnouncementKind } from './announcement.js';

/** One announcement, written in the same transaction as the change it announces. */
@Entity('auth_revocation')
export class Revocation {
  // An integer: the one generated type that all three databases share. Rows live for an hour or two.
  @PrimaryGeneratedColumn({ type: 'integer' })
  id!: number;

  @Column({ type: 'varchar', length: 20 })
  kind!: AnnouncementKind;

  /** A sign-in id, a token's or a client's, or a subject in its column form. */
  @Column({ type: 'varchar', length: 255 })
  value!: string;

  @Column({ type: 'bigint', nullable: true, transformer: asNumber })
  epoch!: number | null;

  @Column({ name: 'created_at', type: 'bigint', transformer: asNumber })
  createdAt!: number;

  @Index()
  @Column({ name: 'expires_at', type: 'bigint', transformer: asNumber })
  expiresAt!: number;
}
