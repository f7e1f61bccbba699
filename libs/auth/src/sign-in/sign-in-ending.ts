import type { SecurityEventSink } from '../audit/security-event-sink.js';
import type { RefreshTokenFamilyStore } from '../refresh-tokens/refresh-token-family-store.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { SignInRegistry } from '../stores/sign-in-registry.js';

/** Ends sign-ins, one or many, and reports it. All throw StoreUnavailableError, and claim nothing they did not do. */
export class SignInEnding {
  constructor(
    private readonly sessions: SessionStore,
    private readonly families: RefreshTokenFamilyStore,
    private readonly registry: SignInRegistry,
    private readonly events: SecurityEventSink,
  ) {}

  /** Ends one sign-in of a subject. Whether it had it. */
  async endOne(subject: string, signInId: string, reason: string): Promise<boolean> {
    const ended =
      (await this.sessions.revoke(signInId, reason, subject)) ||
      (await this.families.revoke(signInId, reason, subject));
    if (ended) this.events.record({ type: 'sign_in_ended', subject, signInId, reason });
    return ended;
  }

  /** Ends everything of a subject but `except`; how many sign-ins that were. */
  async endAll(subject: string, reason: string, except?: string): Promise<number> {
    const ended = await this.registry.endAll(subject, reason, except);
    // A user who stays signed in may repeat it without end, so a call that ended nothing is no event.
    if (ended > 0 || except === undefined)
      this.events.record({ type: 'subject_ended', subject, reason, ended });
    return ended;
  }
}
