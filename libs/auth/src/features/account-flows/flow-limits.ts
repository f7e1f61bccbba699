import type { AttemptSource } from '../../attempts/attempt-budgets.js';
import type { Attempt, AttemptLimiter } from '../../attempts/attempt-limiter.js';
import type { Principal } from '../../principal/principal.js';
import type { SecurityEventSink } from '../../audit/security-event.js';
import type { Requester } from '../../principal/requester.js';
import type { AccountMailKind } from './mail/account-mailer.js';

/** How often something may be asked for, or tried, in the flows: docs/limits.md has the budgets. */
export class FlowLimits {
  constructor(
    private readonly limiter: AttemptLimiter,
    private readonly events: SecurityEventSink,
  ) {}

  /** Whether one more mail may be sent, for the subject, the address and the application. An event tells if not. */
  async mayMail(
    kind: AccountMailKind,
    source: Pick<AttemptSource, 'identifier' | 'subject' | 'requester'>,
  ): Promise<boolean> {
    if (await this.limiter.tryTake('mail', source)) return true;
    const { subject = null, requester } = source;
    const { ip, userAgent } = requester;
    if (subject !== null)
      this.events.record({ type: 'account-flows.mail_limited', subject, kind, ip, userAgent });
    return false;
  }

  /** Whether one more mail may tell the subject of a change. An event tells if not. */
  async mayTell(kind: AccountMailKind, subject: string, requester: Requester): Promise<boolean> {
    if (await this.limiter.tryTake('notice', { subject, requester })) return true;
    const { ip, userAgent } = requester;
    this.events.record({ type: 'account-flows.mail_limited', subject, kind, ip, userAgent });
    return false;
  }

  /**
   * Whether a user who is signed in knows the password, as `check` finds for the requester that it is given: no flood of sign-ins
   * by strangers holds that one up. Throws RateLimitedError, and what `check` throws.
   */
  async currentPassword(
    { id: subject, signInId }: Principal,
    requester: Requester,
    check: (known: Requester) => Promise<boolean>,
  ): Promise<boolean> {
    const attempt = await this.limiter.take('current-password', { subject, signInId, requester });
    return tried(attempt, () => check({ ...requester, isKnownDevice: true }));
  }

  /** The same for the password of an account that no one is signed in to. */
  async password(
    identifier: string,
    subject: string,
    requester: Requester,
    check: () => Promise<boolean>,
  ): Promise<boolean> {
    return tried(await this.limiter.take('sign-in', { identifier, subject, requester }), check);
  }
}

async function tried(attempt: Attempt, check: () => Promise<boolean>): Promise<boolean> {
  let right: boolean;
  try {
    right = await check();
  } catch (error) {
    await attempt.cancelled();
    throw error;
  }
  if (right) await attempt.succeeded();
  return right;
}
