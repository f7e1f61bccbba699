import type { Requester } from '../principal/requester.js';
import type { TokensResult } from './sign-in-result.js';

/** A token that is none of ours, as it came to be refreshed. */
export interface PresentedFormerToken {
  readonly value: string;
  readonly mode: 'tokens' | 'hybrid';
  readonly idempotencyKey: string | null;
  readonly requester: Requester;
}

/** Refresh tokens of what signed people in before us, which an application accepts for a while. A feature provides it. */
export abstract class FormerTokens {
  /**
   * The tokens of ours that a former one is exchanged for; null for what is no former token, or one that is good no more.
   * Throws StoreUnavailableError.
   */
  abstract refresh(presented: PresentedFormerToken): Promise<TokensResult | null>;
}
