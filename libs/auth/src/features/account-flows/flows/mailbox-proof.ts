import type { SecurityEventSink } from '../../../audit/security-event.js';
import type { AccountEmail } from '../../../principal/user-directory.js';
import type { Requester } from '../../../principal/requester.js';
import type { AccountDirectory } from '../account-directory.js';

/**
 * The first proof of a mailbox. Until then, the holder of the account may have registered another person's address. So the
 * password and linked accounts of other providers are removed, unless the proof came with the password.
 */
export class MailboxProof {
  constructor(
    private readonly directory: AccountDirectory,
    private readonly events: SecurityEventSink,
  ) {}

  /** Whether this proof is the first one of the account's address. */
  isFirst({ verified }: AccountEmail): boolean {
    return !verified;
  }

  /**
   * Removes what came before the first proof. Call it once the token is spent, and before anything else is done with it; then
   * end the subject's sign-ins. Does nothing for an address that was proved before. Throws StoreUnavailableError.
   */
  async voidFormer(subject: string, email: AccountEmail, requester: Requester): Promise<void> {
    if (!this.isFirst(email)) return;
    await this.directory.voidCredentials(subject);
    const { ip, userAgent } = requester;
    this.events.record({
      type: 'account-flows.credentials_voided',
      subject,
      reason: 'first_proof',
      ip,
      userAgent,
    });
  }

  /** Marks the address as verified. Whether it is still the subject's. Throws StoreUnavailableError. */
  async record(subject: string, { address, verified }: AccountEmail, requester: Requester): Promise<boolean> {
    if (verified) return true;
    if (!(await this.directory.setEmailVerified(subject, address))) return false;
    const { ip, userAgent } = requester;
    this.events.record({ type: 'account-flows.email_verified', subject, ip, userAgent });
    return true;
  }
}
