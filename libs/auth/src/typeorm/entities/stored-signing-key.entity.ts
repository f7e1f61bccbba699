import { Column, Entity, PrimaryColumn } from 'typeorm';
import { asNumber } from '../../sql/database/column-values.js';

/** A managed signing key. Which one signs is told by the database's clock: the newest that has begun. */
@Entity('auth_signing_key')
export class StoredSigningKey {
  /** One more than the key before: two nodes that make the next key make one row. */
  @PrimaryColumn({ type: 'integer' })
  id!: number;

  @Column({ type: 'varchar', length: 64 })
  kid!: string;

  @Column({ type: 'varchar', length: 10 })
  alg!: string;

  /** The private key, sealed under a key derived from the application's secret; bound to what the row says beside it. */
  @Column({ name: 'sealed_key', type: 'text' })
  sealedKey!: string;

  @Column({ name: 'created_at', type: 'bigint', transformer: asNumber })
  createdAt!: number;

  /** From when on it signs, by the database's clock. */
  @Column({ name: 'begins_at', type: 'bigint', transformer: asNumber })
  beginsAt!: number;
}
