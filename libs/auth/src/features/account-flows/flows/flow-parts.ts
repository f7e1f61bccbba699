import type { SecurityEventSink } from '../../../audit/security-event.js';
import type { AuthenticationService } from '../../../sign-in/authentication.service.js';
import type { AccountDirectory } from '../account-directory.js';
import type { FlowLimits } from '../flow-limits.js';
import type { AccountMails } from '../mail/account-mails.js';
import type { ActionTokens } from '../tokens/action-tokens.js';
import type { AccountNotices } from './account-notices.js';
import type { MailboxProof } from './mailbox-proof.js';
import type { NewPasswords } from './new-passwords.js';
import type { PresentedLinks } from './presented-links.js';

/** What flows are made of. Also the injection token. */
export abstract class FlowParts {
  abstract readonly directory: AccountDirectory;
  abstract readonly tokens: ActionTokens;
  abstract readonly links: PresentedLinks;
  abstract readonly limits: FlowLimits;
  abstract readonly mails: AccountMails;
  abstract readonly notices: AccountNotices;
  abstract readonly proof: MailboxProof;
  abstract readonly passwords: NewPasswords;
  abstract readonly authentication: AuthenticationService;
  abstract readonly events: SecurityEventSink;
}
