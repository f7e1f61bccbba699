import type { Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AttemptLimiter } from '../../../attempts/attempt-limiter.js';
import { SecurityEventSink } from '../../../audit/security-event.js';
import { ResolvedAuthOptions } from '../../../options/resolve-auth-options.js';
import { AuthenticationService } from '../../../sign-in/authentication.service.js';
import { Authenticator } from '../../../sign-in/authenticator.js';
import { GuardedStores } from '../../../stores/guarded-stores.js';
import { provide } from '../../../wiring/provide.js';
import { AccountDirectory } from '../account-directory.js';
import { AccountFlowsOn, ResolvedAccountFlowsOptions } from '../account-flow-settings.js';
import { Askers } from '../askers/askers.js';
import { MailboxProof } from '../flows/mailbox-proof.js';
import { PasswordReset } from '../flows/password-reset.js';
import { AccountMails } from '../mail/account-mails.js';
import { ActionTokens } from '../tokens/action-tokens.js';
import { MailedSignIns } from './mailed-sign-ins.js';

/** Sign-in by a link or a code, and the clients that ask for them. */
export const SIGN_IN_LINK_PARTS: Provider[] = [
  provide(Askers, [HttpAdapterHost, ResolvedAuthOptions], (host, { cookies }) => new Askers(host, cookies)),
  provide(
    MailedSignIns,
    [
      ActionTokens,
      AccountDirectory,
      AccountMails,
      MailboxProof,
      GuardedStores,
      Authenticator,
      AuthenticationService,
      AttemptLimiter,
      SecurityEventSink,
      PasswordReset,
      AccountFlowsOn,
      ResolvedAccountFlowsOptions,
    ],
    (tokens, directory, mails, proof, { subjects }, authenticator, authentication, ...rest) => {
      const [attempts, events, reset, on, { lifetimesMs }] = rest;
      // Neither asks for what is limited: a refused password tells of them.
      if (on.magicLink) attempts.leavesOpen('link');
      if (on.codes) attempts.leavesOpen('code');
      const core = { subjects, authenticator, authentication, attempts, events };
      const parts = { tokens, directory, mails, proof, ...core, reset: on.reset ? reset : null };
      return new MailedSignIns(parts, lifetimesMs);
    },
  ),
];
