import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { asNumber } from '../../sql/database/column-values.js';

/** A counter of tries: how many units of it were taken in a window. */
@Entity('auth_attempt')
export class AuthAttempt {
  /** A keyed hash, in hex: the table holds no address and no identifier. */
  @PrimaryColumn({ type: 'varchar', length: 32 })
  id!: string;

  @Column({ type: 'int' })
  used!: number;

  /** When the window ends, by the database's clock. */
  @Index()
  @Column({ name: 'ends_at', type: 'bigint', transformer: asNumber })
  endsAt!: number;
}
