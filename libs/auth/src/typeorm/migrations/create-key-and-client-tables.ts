import { StoredSigningKey } from '../entities/stored-signing-key.entity.js';
import { CreateTables } from './create-tables.js';

/**
 * Creates the table of managed signing keys. Where it ran in version 0.1 it has created the tables of service clients as
 * well; elsewhere the feature's own migration does.
 */
export class CreateKeyAndClientTables1795824000000 extends CreateTables {
  readonly name = 'CreateKeyAndClientTables1795824000000';
  protected readonly tables = [StoredSigningKey];
}
