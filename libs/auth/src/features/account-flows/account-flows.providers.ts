import type { Provider } from '@nestjs/common';
import { SecurityEventSink } from '../../audit/security-event.js';
import { RoutesPath } from '../../http/mount-path.js';
import { ResolvedAuthOptions } from '../../options/resolve-auth-options.js';
import { provide } from '../../wiring/provide.js';
import { ResolvedAccountFlowsOptions } from './account-flow-settings.js';
import { MailLinks } from './mail/mail-links.js';
import { MailQueue } from './mail/mail-queue.js';

/** What every flow needs: mails, and the links in them. */
export const ACCOUNT_FLOW_PROVIDERS: Provider[] = [
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
