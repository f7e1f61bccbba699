import type { AuthFeature, FeatureOptionsSource } from '../auth-feature.js';
import { FORMER_CLAIM_STORE } from './claims/former-claim-feature-store.js';
import { FORMER_CREDENTIALS, FORMER_SUBJECTS } from './claims/former-claim.tables.js';
import {
  type FormerSignInsOptions,
  resolveFormerSignInsOptions,
  ResolvedFormerSignInsOptions,
} from './accepted-credentials.js';
import { FORMER_SIGN_INS_PROVIDERS } from './former-sign-ins.providers.js';
import { FormerSignIns } from './former-sign-ins.service.js';

/**
 * For an application that moves to AuthModule: signed-in users stay signed in. A credential that was handed out before opens a
 * sign-in of ours when it is first seen, and stands as spent from then on; where it is kept, it is left as it is. Adds the
 * tables `auth_former_credential` and `auth_former_subject`. docs/moving.md shows a move.
 *
 * @example
 * ```ts
 * import { expressSession, formerSignIns, type FormerSessionStore } from 'nestjs-aerie/former-sign-ins';
 *
 * declare const store: FormerSessionStore; // the store that session({ store }) has
 *
 * // For the `features` of AuthModule, and for authMigrations(features).
 * export const features = [
 *   formerSignIns({
 *     accept: [expressSession({ store, secret: process.env['SESSION_SECRET'] ?? '' })],
 *     until: '2027-03-01T00:00:00Z',
 *   }),
 * ];
 * ```
 */
export function formerSignIns(options: FeatureOptionsSource<FormerSignInsOptions>): AuthFeature {
  return {
    name: 'former-sign-ins',
    tables: [
      { name: 'CreateFormerSignInTables1798848000000', creates: [FORMER_CREDENTIALS, FORMER_SUBJECTS] },
    ],
    stores: [FORMER_CLAIM_STORE],
    options: { token: ResolvedFormerSignInsOptions, from: options, read: resolveFormerSignInsOptions },
    providers: FORMER_SIGN_INS_PROVIDERS,
    formerCredentials: FormerSignIns,
    sweep: FormerSignIns,
    events: ['former-sign-ins.accepted', 'former-sign-ins.repeated', 'former-sign-ins.refused'],
  };
}
