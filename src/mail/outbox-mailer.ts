import { type AccountMail, AccountMailer, accountMailText } from 'nestjs-aerie/account-flows';
import type { Outbox } from './outbox.js';

/** Writes mails into the outbox. An application sends them instead: docs/account-flows.md does it with nodemailer. */
export class OutboxMailer extends AccountMailer {
  constructor(private readonly outbox: Outbox) {
    super();
  }

  async send(mail: AccountMail): Promise<void> {
    const { id, kind, to, link, code } = mail;
    this.outbox.put(id, {
      kind,
      to,
      ...accountMailText(mail, { service: 'the demo' }),
      secret: link ?? code,
    });
  }
}
