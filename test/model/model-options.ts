import type { ResolvedRefreshTokenOptions } from '../../libs/auth/src/refresh-tokens/refresh-token-options.js';
import { DAY, HOUR, SECOND } from '../support/time-passes.js';

/** What the model runs under: the defaults. */
export const OPTIONS: ResolvedRefreshTokenOptions = {
  idleMs: 14 * DAY,
  absoluteMs: 30 * DAY,
  replayWindowMs: 30 * SECOND,
  lateRetryMs: HOUR,
  onReuse: 'revoke-family',
  replayBinding: 'none',
  acceptAheadUntil: null,
};

/** How often a late retry may replace a successor. */
export const MAX_REPLACEMENTS = 3;
