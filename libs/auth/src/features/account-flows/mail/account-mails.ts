import { randomUUID } from 'node:crypto';
import type { SecurityEventSink } from '../../../audit/security-event.js';
import type { AccountEmail } from '../../../principal/user-directory.js';
import type { Requester } from '../../../principal/requester.js';
import type { Clock } from '../../../time/clock.js';
import type { LinkPaths } from '../account-flow-settings.js';
import type { AccountMail, AccountMailKind } from './account-mailer.js';
import type { MailLinks } from './mail-links.js';
import type { MailQueue } from './mail-queue.js';

/** Where a mail's link leads to, and what its fragment holds. */
export interface MailLink {
  readonly page: keyof LinkPaths;
  readonly fragment: Readonly<Record<string, string>>;
}

/** The secret of a mail. */
export interface MailSecret {
  readonly link?: MailLink;
  readonly code?: string | null;
  readonly expiresAt: number;
}

/** What was asked for, of whom and by whom. */
export interface Asked {
  readonly kind: AccountMailKind;
  /** Null: not known yet. */
  readonly subject: string | null;
  readonly requester: Requester;
}

/** Sends the mail of a flow. Whether it was sent. */
export type Post = (email: AccountEmail, secret?: MailSecret, kind?: AccountMailKind) => Promise<boolean>;

/** Makes the mails of the flows, behind the answers. */
export class AccountMails {
  constructor(
    private readonly queue: MailQueue,
    private readonly links: MailLinks,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly events: SecurityEventSink,
  ) {}

  /** Records that a mail was asked for, which is about to be sent. */
  asked(kind: AccountMailKind, subject: string, { ip, userAgent }: Requester): void {
    this.events.record({ type: 'account-flows.asked', subject, kind, ip, userAgent });
  }

  /** Does this after the present request was answered, whatever comes of it. Never throws. */
  later(asked: Asked, work: (post: Post) => Promise<void>): void {
    const at = new Date(this.clock.now());
    this.queue.add({
      ...asked,
      run: (send) =>
        work((email, secret, kind = asked.kind) => send(this.mail(kind, email, asked.requester, at, secret))),
    });
  }

  private mail(
    kind: AccountMailKind,
    { address, locale }: AccountEmail,
    { ip, userAgent }: Requester,
    at: Date,
    secret?: MailSecret,
  ): AccountMail {
    return {
      id: randomUUID(),
      kind,
      to: address,
      link: secret?.link ? this.links.to(secret.link.page, secret.link.fragment) : null,
      code: secret?.code ?? null,
      locale: locale ?? null,
      expiresAt: secret ? new Date(secret.expiresAt) : null,
      asked: { ip, userAgent, at },
    };
  }
}
