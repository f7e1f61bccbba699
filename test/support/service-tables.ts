import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { AUTH_ENTITIES, authEntities } from 'nestjs-aerie/typeorm';
import type { EntitySchema } from 'typeorm';

/** The entities that serviceIssuer() adds, as a connection knows them. */
const [client, spent] = authEntities([serviceIssuer()]).slice(AUTH_ENTITIES.length);

export const ServiceClient = client as EntitySchema<{
  id: string;
  secretHash: string | null;
  formerSecretHash: string | null;
  jwks: string | null;
  epoch: number;
  disabledAt: number | null;
}>;
export const SpentTokenId = spent as EntitySchema<{ id: string; nonce: string; expiresAt: number }>;
