import { PRINCIPAL_NAMES } from '../principal/principal.js';
import type { Subject } from '../principal/user-directory.js';
import { RESERVED_CLAIMS } from './access-token.js';

const SECRET_NAME =
  /password|passwd|passphrase|secret|card_?number|private_?key|api_?key|(^|_)(pass|pwd|ssn|cvv|cvc|pan|pin|token)($|_)/i;

/**
 * Checks the members that the application adds to a principal. Reserved names and names that look like secrets are refused
 * with the claim's name, because every holder of a token can read it (RFC 9068, 5).
 */
export function principalProfile(
  claims: (subject: Subject) => Readonly<Record<string, unknown>>,
  subject: Subject,
): Readonly<Record<string, unknown>> {
  const profile = claims(subject);
  if (typeof profile !== 'object' || profile === null || Array.isArray(profile)) {
    throw new TypeError('accessTokens.claims must return an object');
  }
  for (const name of Object.keys(profile)) {
    if (RESERVED_CLAIMS.has(name) || PRINCIPAL_NAMES.has(name)) {
      throw new TypeError(`accessTokens.claims must not return "${name}": the name is reserved`);
    }
    if (SECRET_NAME.test(name)) {
      throw new TypeError(
        `accessTokens.claims must not return "${name}": it looks like a secret, and every holder of a token can read it`,
      );
    }
  }
  return profile;
}
