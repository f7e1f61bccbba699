import type { Provider } from '@nestjs/common';
import { SecurityEventSink } from '../../audit/security-event.js';
import { DerivedKeys } from '../../crypto/derived-keys.js';
import { RoutesPath } from '../../http/mount-path.js';
import { ResolvedAuthOptions } from '../../options/resolve-auth-options.js';
import { Clock } from '../../time/clock.js';
import { provide } from '../../wiring/provide.js';
import { ResolvedAccountFlowsOptions } from './account-flow-settings.js';
import { AccountRescue } from './flows/account-rescue.js';
import { FLOW_PARTS, FLOWS } from './flows/flow.providers.js';
import { MailLinks } from './mail/mail-links.js';
import { MailQueue } from './mail/mail-queue.js';
import { SIGN_IN_LINK_PARTS } from './sign-in-links/sign-in-link.providers.js';
import { ActionTokenStore } from './tokens/action-token-store.js';
import { ActionTokens } from './tokens/action-tokens.js';
import { OwedEndings } from './tokens/owed-endings.js';

/** What every flow needs: links and codes, and the mails that carry them. */
export const ACCOUNT_FLOW_PROVIDERS: Provider[] = [
  ...FLOW_PARTS,
  ...FLOWS,
  ...SIGN_IN_LINK_PARTS,
  provide(
    ActionTokens,
    [ActionTokenStore, DerivedKeys, Clock],
    (store, keys, clock) => new ActionTokens(store, keys, clock),
  ),
  provide(
    OwedEndings,
    [ActionTokenStore, AccountRescue],
    (store, rescue) => new OwedEndings(store, (owed) => rescue.finish(owed)),
  ),
  provide(
    MailQueue,
    [ResolvedAccountFlowsOptions, SecurityEventSink],
    ({ mailer, waitUntil }, events) => new MailQueue(mailer, events, waitUntil),
  ),
  provide(
    MailLinks,
    [ResolvedAccountFlowsOptions, ResolvedAuthOptions, RoutesPath],
    ({ base, paths }, { issuer }, routes) => new MailLinks(base ?? issuer.replace(/\/+$/, ''), paths, routes),
  ),
];
