// The library's refresh without an application around it: the stores and the service on a connection. Light enough to
// be started, and killed, a thousand times.
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { AUTH_ENTITIES } from '../../libs/auth/dist/typeorm/entities/auth-entities.js';
import { storesOn } from '../../libs/auth/dist/typeorm/typeorm-stores.js';
import { DerivedKeys } from '../../libs/auth/dist/crypto/derived-keys.js';
import { resolveAuthOptions } from '../../libs/auth/dist/options/resolve-auth-options.js';
import { RefreshTokenCodec } from '../../libs/auth/dist/refresh-tokens/refresh-token-codec.js';
import { RefreshTokenService } from '../../libs/auth/dist/refresh-tokens/refresh-token.service.js';

const OPTIONS = {
  secret: 'a secret of at least thirty-two bytes, for crashes',
  issuer: 'https://crashes.example.com',
};

/** A node on a connection, or on one of its own. */
export async function refreshNode(connection) {
  const source =
    connection instanceof DataSource
      ? connection
      : await new DataSource({ ...connection, entities: [...AUTH_ENTITIES] }).initialize();
  const options = resolveAuthOptions(OPTIONS, Date.now());
  // A process that has just been started may have to wait for the machine.
  const database = { deadlineMs: 20_000, preparedStatements: true };
  const settings = { revocationLifeMs: 3_900_000, keepsKeys: true, notifies: true, featureTables: [] };
  const { families, subjects } = storesOn(source, database, settings, null);
  const codec = new RefreshTokenCodec(new DerivedKeys(options.secrets, options.issuer));
  const service = new RefreshTokenService(families, codec, options.refreshTokens, { record() {} });
  const requester = (userAgent) => {
    const arrived = performance.now();
    return { ip: null, userAgent, waitedMs: () => performance.now() - arrived };
  };
  return {
    source,
    rules: options.refreshTokens,
    async signIn(subject) {
      const opening = { epochs: await subjects.epochs(subject), methods: [], scopes: null, label: null };
      return service.open(opening, requester('sign-in'));
    },
    /** In the order of the protocol. The user agent tells attempts apart in the row. */
    async refresh(token, { userAgent, idempotencyKey = null }) {
      const who = requester(userAgent);
      const parsed = service.parse(token, who);
      const reading = await service.read(parsed, who);
      return { token: (await service.rotate(parsed, reading, idempotencyKey, who)).token };
    },
    async stepUp(token, { userAgent }) {
      const who = requester(userAgent);
      const parsed = service.parse(token, who);
      const { row } = await service.read(parsed, who);
      return { token: (await service.rekey(parsed, row, { methods: ['otp'] }, who)).held.token };
    },
    async revoke(familyId) {
      return { ended: await families.revoke(familyId, 'signed_out') };
    },
  };
}

/** What came of a step, in words that another process understands. */
export async function outcome(step) {
  try {
    return { ok: true, ...(await step) };
  } catch ({ code = null, reason = null, message }) {
    return { ok: false, word: reason ?? code ?? message };
  }
}
