import type { SecurityEventSink } from '../../../audit/security-event.js';
import type { AttemptLimiter } from '../../../attempts/attempt-limiter.js';
import { ActionTokenInvalidError } from '../../../errors/auth-error.js';
import type { Requester } from '../../../principal/requester.js';
import type { ActionPurpose } from '../tokens/action-token.js';
import type { ActionTokens, LiveActionToken } from '../tokens/action-tokens.js';

/** Links as requests present them. */
export class PresentedLinks {
  constructor(
    private readonly tokens: ActionTokens,
    private readonly attempts: AttemptLimiter,
    private readonly events: SecurityEventSink,
  ) {}

  /**
   * What a link is for; it stays good. A made-up one costs neither a query nor a unit of a budget, and one that is good costs no
   * unit: all people of an office may open theirs. Throws ActionTokenInvalidError, RateLimitedError, StoreUnavailableError.
   */
  async look(purpose: ActionPurpose, token: unknown, requester: Requester): Promise<LiveActionToken> {
    this.tokens.judge(purpose, token);
    const attempt = await this.attempts.take('action-token', { requester });
    try {
      const live = await this.tokens.look(purpose, token);
      await attempt.cancelled();
      return live;
    } catch (error) {
      if (error instanceof ActionTokenInvalidError) this.refused(purpose, 'token', null, requester);
      else await attempt.cancelled();
      throw error;
    }
  }

  /** Records that a link was refused. */
  refused(purpose: ActionPurpose, reason: string, subject: string | null, requester: Requester): void {
    const { ip, userAgent } = requester;
    this.events.record({ type: 'account-flows.token_refused', purpose, reason, subject, ip, userAgent });
  }
}
