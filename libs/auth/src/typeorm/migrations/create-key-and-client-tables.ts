import { StoredSigningKey } from '../entities/stored-signing-key.entity.js';
import { ServiceClient } from '../entities/service-client.entity.js';
import { SpentTokenId } from '../entities/spent-token-id.entity.js';
import { CreateTables } from './create-tables.js';

/** Creates the tables of managed signing keys and of service clients. */
export class CreateKeyAndClientTables1795824000000 extends CreateTables {
  readonly name = 'CreateKeyAndClientTables1795824000000';
  protected readonly tables = [StoredSigningKey, ServiceClient, SpentTokenId];
}
