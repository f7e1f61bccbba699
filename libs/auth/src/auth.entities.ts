import { AuthEvent } from './audit/auth-event.entity.js';
import { StoredSigningKey } from './keys/stored-signing-key.entity.js';
import { RefreshTokenFamily } from './refresh-tokens/refresh-token-family.entity.js';
import { Revocation } from './revocation/revocation.entity.js';
import { ServiceClient } from './service-tokens/service-client.entity.js';
import { SpentTokenId } from './service-tokens/spent-token-id.entity.js';
import { Session } from './sessions/session.entity.js';
import { AuthSubject } from './subjects/auth-subject.entity.js';

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
