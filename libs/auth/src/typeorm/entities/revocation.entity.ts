import { BaseEntity, Column, type DataSource, Entity, Generated, Index, PrimaryColumn } from 'typeorm';
import { asNumber } from '../../sql/database/column-values.js';
import type { RevocationEventKind } from '../../revocation/revocation-event.js';

/** One revocation, written in the same transaction as the change. */
@Entity('auth_revocation')
@Index(['value', 'kind'])
export class Revocation extends BaseEntity {
  @PrimaryColumn({ type: 'integer', transformer: asNumber })
  @Generated('increment')
  id!: number;

  @Column({ type: 'varchar', length: 20 })
  kind!: RevocationEventKind;

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

  /**
   * Ids have 64 bits on every database, by different types: SQLite generates an `integer` alone, which has 64 bits there.
   * TypeORM calls this for each connection once it has read the decorators, before it makes or compares tables.
   */
  static override useDataSource(source: DataSource): void {
    super.useDataSource(source);
    const id = source.getMetadata(Revocation).findColumnWithPropertyName('id');
    if (id && source.options.type !== 'better-sqlite3') id.type = 'bigint';
  }
}
