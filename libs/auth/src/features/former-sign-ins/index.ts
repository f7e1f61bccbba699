// `nestjs-aerie/former-sign-ins`: users who were signed in before AuthModule stay signed in
export { formerSignIns } from './former-sign-ins.js';
export type { FormerSignInsOptions } from './accepted-credentials.js';
export {
  expressSession,
  type FormerSessionOptions,
  type FormerSessionStore,
} from './credentials/express-session.js';
export { refreshJwt, type RefreshJwtOptions } from './credentials/refresh-jwt.js';
export type { FormerCredential, FormerOwner } from './credentials/former-credential.js';

// For stores of your own
export {
  type FormerClaim,
  type FormerClaimReading,
  FormerClaimStore,
  type NewFormerClaim,
} from './claims/former-claim-store.js';
