import { AuthEvent } from './auth-event.entity.js';
import { StoredSigningKey } from './stored-signing-key.entity.js';
import { RefreshTokenFamily } from './refresh-token-family.entity.js';
import { Revocation } from './revocation.entity.js';
import { ServiceClient } from './service-client.entity.js';
import { SpentTokenId } from './spent-token-id.entity.js';
import { Session } from './session.entity.js';
import { AuthSubject } from './auth-subject.entity.js';

/** The module's TypeORM entities, for connections without `autoLoadEntities`. */
export const AUTH_ENTITIES = [
  AuthSubject,
  Session,
  RefreshTokenFamily,
  Revocation,
  AuthEvent,
  StoredSigningKey,
  ServiceClient,
  SpentTokenId,
] as const;
