import type { ServiceTokenRecord } from '../../../service-tokens/service-token-check.js';
import type { ClientChange, ServiceClientRow } from './service-client-row.js';

/** A client to register; instants and its epoch are left to the store's clock. */
export type NewServiceClient = Pick<
  ServiceClientRow,
  'id' | 'label' | 'secretHash' | 'jwks' | 'scopes' | 'audiences' | 'grants' | 'resource'
>;

/**
 * A client, the global epoch and the store's clock, from one read.
 */
export interface ServiceClientReading {
  readonly row: ServiceClientRow;
  readonly globalEpochNow: number;
  /** The store's clock, epoch milliseconds. */
  readonly now: number;
}

/** A token id that is used up once and for all. */
export interface SpentId {
  /** What it was good for. */
  readonly purpose: string;
  readonly client: string;
  readonly jti: string;
  /** How long it is to be remembered: longer than any token of this id can be good. */
  readonly lifeMs: number;
}

/**
 * Where service clients live, and the ids of tokens that are used up: the table of record. Every method throws
 * StoreUnavailableError when it cannot answer, and has then changed nothing, or changed what its answer would have said.
 *
 * Whatever takes something away from a client moves its epoch to greatest(epoch + 1, the store's clock) and writes the
 * revocation `client` with the new epoch, in the same step. Ids of clients are told apart by case.
 */
export abstract class ServiceClientStore {
  /** Inserts the client, unless there is one of this id: then null. Of any number at the same time, one succeeds. */
  abstract register(client: NewServiceClient): Promise<ServiceClientRow | null>;

  abstract find(id: string): Promise<ServiceClientReading | null>;

  /** All of them, by id; at most 1,000. */
  abstract list(): Promise<readonly ServiceClientRow[]>;

  /** Changes a client, if it is there. What `takesAway` says of it as it is at that moment moves its epoch. */
  abstract update(id: string, change: ClientChange): Promise<ServiceClientRow | null>;

  /**
   * A new secret for a client that has one. `keepFormerMs`: for how long the one before stays good; 0 ends it at once,
   * and moves the epoch. Null: there is no such client, or it has keys.
   */
  abstract rotateSecret(
    id: string,
    secretHash: string,
    keepFormerMs: number,
  ): Promise<ServiceClientRow | null>;

  /** Disables it (which moves its epoch) or enables it. Null: there is no such client. */
  abstract setDisabled(id: string, disabled: boolean): Promise<ServiceClientRow | null>;

  /** Deletes it, and announces an epoch that none of its tokens has. Whether it was there. */
  abstract remove(id: string): Promise<boolean>;

  /** Uses up an id. Whether this call did it: of any number at the same time, one; of those that come later, none. */
  abstract spend(spent: SpentId): Promise<boolean>;

  /** Revokes one token of a client: remembers its id and announces it (`token`), in one step. Repeating it does nothing. */
  abstract revokeToken(client: string, jti: string, lifeMs: number): Promise<void>;

  /** What has become of a client, and of one of its tokens, in one reading. */
  abstract status(client: string, jti: string): Promise<ServiceTokenRecord>;

  /** Deletes up to `limit` ids that were remembered for long enough; how many it deleted. */
  abstract sweep(limit: number): Promise<number>;
}

/** The purpose under which a revoked token's id is stored. */
export const REVOKED_TOKEN = 'revoked-token';
