import { Column, Entity, PrimaryColumn } from 'typeorm';
import { asNumber, asWords } from '../../sql/database/column-values.js';

/** A service that authenticates as itself. Instants are epoch milliseconds of the database's clock. */
@Entity('auth_service_client')
export class ServiceClient {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  /** What people call it. */
  @Column({ type: 'varchar', length: 100, nullable: true })
  label!: string | null;

  /** SHA-256 of its secret, in hex; null for one that has keys. */
  @Column({ name: 'secret_hash', type: 'varchar', length: 64, nullable: true })
  secretHash!: string | null;

  /** The secret before, for as long as both are good. */
  @Column({ name: 'former_secret_hash', type: 'varchar', length: 64, nullable: true })
  formerSecretHash!: string | null;

  @Column({ name: 'former_secret_expires_at', type: 'bigint', nullable: true, transformer: asNumber })
  formerSecretExpiresAt!: number | null;

  /** Its public keys (RFC 7517), as JSON. */
  @Column({ type: 'text', nullable: true })
  jwks!: string | null;

  @Column({ type: 'text', transformer: asWords })
  scopes!: readonly string[];

  @Column({ type: 'text', transformer: asWords })
  audiences!: readonly string[];

  @Column({ type: 'text', transformer: asWords })
  grants!: readonly string[];

  /** The audience that it serves itself: whose tokens it may ask about. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  resource!: string | null;

  /** Moves with everything that takes something away from it; never backwards. */
  @Column({ type: 'bigint', transformer: asNumber })
  epoch!: number;

  @Column({ name: 'disabled_at', type: 'bigint', nullable: true, transformer: asNumber })
  disabledAt!: number | null;

  @Column({ name: 'created_at', type: 'bigint', transformer: asNumber })
  createdAt!: number;
}
