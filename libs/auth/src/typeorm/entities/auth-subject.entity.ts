import { Column, Entity, PrimaryColumn } from 'typeorm';
import { asNumber } from '../../sql/database/column-values.js';
import { asSubject } from '../../subjects/subject-key.js';

/** A subject's version and lock. The row of the empty subject holds the global epoch. */
@Entity('auth_subject')
export class AuthSubject {
  @PrimaryColumn({ type: 'varchar', length: 255, transformer: asSubject })
  subject!: string;

  /** Moves with everything that ends or changes the subject; never backwards. */
  @Column({ type: 'bigint', transformer: asNumber })
  epoch!: number;

  /** Moves when the subject's password, address or second factor changes; never backwards. */
  @Column({ name: 'credential_version', type: 'bigint', default: 0, transformer: asNumber })
  credentialVersion!: number;
}

/** The key of the row that holds the global epoch. */
export const GLOBAL_SUBJECT = '';
