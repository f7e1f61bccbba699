import type { Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AttemptLimiter } from '../../../attempts/attempt-limiter.js';
import { KnownDevices } from '../../../attempts/known-devices.js';
import { SecurityEventSink } from '../../../audit/security-event.js';
import { SignInResponse } from '../../../http/sign-in-response.js';
import { ResolvedAuthOptions } from '../../../options/resolve-auth-options.js';
import { AuthenticationService } from '../../../sign-in/authentication.service.js';
import { RecentSignIn } from '../../../sign-in/recent-sign-in.js';
import { GuardedStores } from '../../../stores/guarded-stores.js';
import { Clock } from '../../../time/clock.js';
import { LateDirectory } from '../../../users/late-directory.js';
import { PasswordHasher } from '../../../users/password-hasher.js';
import { PasswordPolicy } from '../../../users/password-policy/password-policy.js';
import { UserLoader } from '../../../users/user-loader.js';
import { UserPasswords } from '../../../users/user-passwords.js';
import { provide } from '../../../wiring/provide.js';
import { AccountDirectory } from '../account-directory.js';
import { AccountFlowsOn, ResolvedAccountFlowsOptions } from '../account-flow-settings.js';
import { FlowLimits } from '../flow-limits.js';
import { KeptSignIn } from '../http/kept-sign-in.js';
import { AccountMails } from '../mail/account-mails.js';
import { MailLinks } from '../mail/mail-links.js';
import { MailQueue } from '../mail/mail-queue.js';
import { FlowPages } from '../pages/flow-pages.js';
import { RequiredMembers } from '../required-members.js';
import { ActionTokens } from '../tokens/action-tokens.js';
import { AccountNotices } from './account-notices.js';
import { AccountRescue } from './account-rescue.js';
import { EmailChange } from './email-change.js';
import { EmailVerification } from './email-verification.js';
import { FlowParts } from './flow-parts.js';
import { MailboxProof } from './mailbox-proof.js';
import { NewPasswords } from './new-passwords.js';
import { PasswordChange } from './password-change.js';
import { PasswordReset } from './password-reset.js';
import { PresentedLinks } from './presented-links.js';

/** What flows are made of. */
export const FLOW_PARTS: Provider[] = [
  provide(AccountDirectory, [UserLoader], (loader) => new AccountDirectory(loader)),
  provide(
    RequiredMembers,
    [LateDirectory, AccountFlowsOn],
    (directory, on) => new RequiredMembers(directory, on),
  ),
  provide(
    FlowLimits,
    [AttemptLimiter, SecurityEventSink],
    (limiter, events) => new FlowLimits(limiter, events),
  ),
  provide(
    AccountMails,
    [MailQueue, MailLinks, Clock, SecurityEventSink],
    (queue, links, clock, events) => new AccountMails(queue, links, clock, events),
  ),
  provide(
    PresentedLinks,
    [ActionTokens, AttemptLimiter, SecurityEventSink],
    (tokens, attempts, events) => new PresentedLinks(tokens, attempts, events),
  ),
  provide(FlowPages, [HttpAdapterHost], (host) => new FlowPages(host)),
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
    [AccountDirectory, ActionTokens, AccountMails, FlowLimits, AccountFlowsOn, ResolvedAccountFlowsOptions],
    (directory, tokens, mails, limits, { notMe }, { lifetimesMs }) =>
      new AccountNotices(directory, tokens, mails, limits, notMe ? lifetimesMs.undo : null),
  ),
  provide(
    KeptSignIn,
    [SignInResponse, GuardedStores, KnownDevices, ResolvedAuthOptions],
    (answer, { subjects }, devices, options) => new KeptSignIn(answer, subjects, devices, options),
  ),
  provide(
    FlowParts,
    [
      AccountDirectory,
      ActionTokens,
      PresentedLinks,
      FlowLimits,
      AccountMails,
      AccountNotices,
      MailboxProof,
      NewPasswords,
      AuthenticationService,
      SecurityEventSink,
    ],
    (directory, tokens, links, limits, mails, notices, proof, passwords, authentication, events) => ({
      directory,
      tokens,
      links,
      limits,
      mails,
      notices,
      proof,
      passwords,
      authentication,
      events,
    }),
  ),
];

const NEW_DEVICE_NOTICES = Symbol('mails about new devices');

/** The flows themselves. */
export const FLOWS: Provider[] = [
  provide(
    NEW_DEVICE_NOTICES,
    [KnownDevices, AccountNotices, SecurityEventSink, AccountFlowsOn],
    (devices, notices, events, on) => {
      if (!on.newDevice) return;
      devices.onNew(({ device, subject, signInId, requester }) => {
        // The handover has recorded its own event.
        if (device === 'handover') return notices.handoverUsed(subject, requester);
        const { ip, userAgent } = requester;
        events.record({ type: 'account-flows.new_device', subject, signInId, ip, userAgent });
        notices.newDevice(subject, requester);
      });
    },
  ),
  provide(
    PasswordReset,
    [FlowParts, ResolvedAccountFlowsOptions],
    (parts, { lifetimesMs }) => new PasswordReset(parts, lifetimesMs.reset),
  ),
  provide(
    EmailVerification,
    [FlowParts, PasswordReset, AccountFlowsOn, ResolvedAccountFlowsOptions],
    (parts, reset, on, { lifetimesMs }) =>
      new EmailVerification(parts, on.reset ? reset : null, lifetimesMs.verifyEmail),
  ),
  provide(
    AccountRescue,
    [FlowParts, PasswordReset, AccountFlowsOn],
    (parts, reset, on) => new AccountRescue(parts, on.reset ? reset : null),
  ),
  provide(
    EmailChange,
    [FlowParts, AccountRescue, RecentSignIn, ResolvedAccountFlowsOptions],
    (parts, rescue, recent, { lifetimesMs }) => new EmailChange(parts, rescue, recent, lifetimesMs),
  ),
  provide(PasswordChange, [FlowParts], (parts) => new PasswordChange(parts)),
];
