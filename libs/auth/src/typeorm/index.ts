// `nestjs-aerie/typeorm`: the stores on a TypeORM connection
export { typeOrmStores, type TypeOrmStoresOptions } from './typeorm-stores.js';
export type { DatabaseOptions } from '../sql/database/database-options.js';
export { hostTransaction } from './host-transaction.js';

// Entities and migrations
export { AUTH_ENTITIES, authEntities } from './entities/auth-entities.js';
export { AUTH_MIGRATIONS, authMigrations } from './migrations/auth-migrations.js';
export { AuthSubject } from './entities/auth-subject.entity.js';
export { Session } from './entities/session.entity.js';
export { RefreshTokenFamily } from './entities/refresh-token-family.entity.js';
export { AuthEvent } from './entities/auth-event.entity.js';
export { Revocation } from './entities/revocation.entity.js';
export { AuthAttempt } from './entities/auth-attempt.entity.js';
export { StoredSigningKey } from './entities/stored-signing-key.entity.js';
