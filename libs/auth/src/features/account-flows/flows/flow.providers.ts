import type { Provider } from '@nestjs/common';
import { AttemptLimiter } from '../../../attempts/attempt-limiter.js';
import { SecurityEventSink } from '../../../audit/security-event.js';
import { SignInResponse } from '../../../http/sign-in-response.js';
import { ResolvedAuthOptions } from '../../../options/resolve-auth-options.js';
import { AuthenticationService } from '../../../sign-in/authentication.service.js';
import { Clock } from '../../../time/clock.js';
import { LateDirectory } from '../../../users/late-directory.js';
import { PasswordHasher } from '../../../users/password-hasher.js';
import { UserLoader } from '../../../users/user-loader.js';
import { PasswordPolicy } from '../../../users/password-policy/password-policy.js';
import { UserPasswords } from '../../../users/user-passwords.js';
import { provide } from '../../../wiring/provide.js';
import { AccountDirectory } from '../account-directory.js';
import { AccountFlowsOn, ResolvedAccountFlowsOptions } from '../account-flow-settings.js';
import { FlowLimits } from '../flow-limits.js';
import { KeptSignIn } from '../http/kept-sign-in.js';
import { AccountMails } from '../mail/account-mails.js';
import { MailLinks } from '../mail/mail-links.js';
import { MailQueue } from '../mail/mail-queue.js';
import { RequiredMembers } from '../required-members.js';
import { ActionTokens } from '../tokens/action-tokens.js';
import { AccountNotices } from './account-notices.js';
import { AccountRescue } from './account-rescue.js';
import { EmailChange } from './email-change.js';
import { EmailVerification } from './email-verification.js';
import { MailboxProof } from './mailbox-proof.js';
import { NewPasswords } from './new-passwords.js';
import { PasswordChange } from './password-change.js';
import { PasswordReset } from './password-reset.js';

/** What every flow is made of. */
export const FLOW_PARTS: Provider[] = [
  provide(AccountDirectory, [UserLoader], (loader) => new AccountDirectory(loader)),
  provide(
    RequiredMembers,
    [LateDirectory, AccountFlowsOn],
    (directory, on) => new RequiredMembers(directory, on),
  ),
  provide(FlowLimits, [AttemptLimiter], (limiter) => new FlowLimits(limiter)),
  provide(
    AccountMails,
    [MailQueue, MailLinks, Clock],
    (queue, links, clock) => new AccountMails(queue, links, clock),
  ),
  provide(
    MailboxProof,
    [AccountDirectory, SecurityEventSink],
    (directory, events) => new MailboxProof(directory, events),
  ),
  provide(
    NewPasswords,
    [PasswordHasher, UserPasswords, PasswordPolicy],
    (hasher, passwords, policy) => new NewPasswords(hasher, passwords, policy),
  ),
  provide(
    AccountNotices,
    [AccountDirectory, ActionTokens, AccountMails, AccountFlowsOn, ResolvedAccountFlowsOptions],
    (directory, tokens, mails, { notMe }, { lifetimesMs }) =>
      new AccountNotices(directory, tokens, mails, notMe ? lifetimesMs.undo : null),
  ),
  provide(
    KeptSignIn,
    [SignInResponse, ResolvedAuthOptions],
    (answer, options) => new KeptSignIn(answer, options),
  ),
  provide(
    PasswordReset,
    [
      AccountDirectory,
      ActionTokens,
      AccountMails,
      FlowLimits,
      MailboxProof,
      NewPasswords,
      AuthenticationService,
      AccountNotices,
      SecurityEventSink,
      ResolvedAccountFlowsOptions,
    ],
    (directory, tokens, mails, limits, proof, passwords, authentication, notices, events, { lifetimesMs }) =>
      new PasswordReset(
        { directory, tokens, mails, limits, proof, passwords, authentication, notices, events },
        lifetimesMs.reset,
      ),
  ),
  provide(
    EmailVerification,
    [
      AccountDirectory,
      ActionTokens,
      AccountMails,
      FlowLimits,
      MailboxProof,
      NewPasswords,
      AuthenticationService,
      AccountFlowsOn,
      PasswordReset,
      ResolvedAccountFlowsOptions,
    ],
    (directory, tokens, mails, limits, proof, passwords, authentication, on, reset, { lifetimesMs }) =>
      new EmailVerification(
        {
          directory,
          tokens,
          mails,
          limits,
          proof,
          passwords,
          authentication,
          reset: on.reset ? reset : null,
        },
        lifetimesMs.verifyEmail,
      ),
  ),
  provide(
    AccountRescue,
    [
      AccountDirectory,
      ActionTokens,
      FlowLimits,
      AuthenticationService,
      AccountFlowsOn,
      PasswordReset,
      SecurityEventSink,
    ],
    (directory, tokens, limits, authentication, on, reset, events) =>
      new AccountRescue({
        directory,
        tokens,
        limits,
        authentication,
        reset: on.reset ? reset : null,
        events,
      }),
  ),
  provide(
    EmailChange,
    [
      AccountDirectory,
      ActionTokens,
      AccountMails,
      FlowLimits,
      NewPasswords,
      AuthenticationService,
      AccountRescue,
      SecurityEventSink,
      ResolvedAccountFlowsOptions,
    ],
    (directory, tokens, mails, limits, passwords, authentication, rescue, events, { lifetimesMs }) =>
      new EmailChange(
        { directory, tokens, mails, limits, passwords, authentication, rescue, events },
        lifetimesMs,
      ),
  ),
  provide(
    PasswordChange,
    [AccountDirectory, FlowLimits, NewPasswords, AuthenticationService, AccountNotices, SecurityEventSink],
    (directory, limits, passwords, authentication, notices, events) =>
      new PasswordChange({ directory, limits, passwords, authentication, notices, events }),
  ),
];
