// `nestjs-aerie/handover`: a sign-in goes on in a browser
export { handover } from './handover.js';
export type { HandoverOptions } from './handover-settings.js';
export {
  type HandoverOffer,
  type HandoverOwner,
  type HandoverPreview,
  Handovers,
  type OfferOptions,
} from './handovers.js';
export { HandoverFromChildError, HandoverInvalidError, HandoverLimitError } from './handover-errors.js';

// For stores of your own
export {
  type HandoverOutcome,
  type HandoverReading,
  type HandoverRow,
  HandoverStore,
  MAX_CHILDREN,
  type NewHandover,
} from './store/handover-store.js';
