import { type AccountMail, AccountMailer, type AccountMailKind } from 'nestjs-aerie/account-flows';

/** Keeps what it was given to send. */
export class TestMailer extends AccountMailer {
  readonly mails: AccountMail[] = [];
  /** What `send` does first, such as throw. */
  before: (mail: AccountMail) => Promise<void> = async () => undefined;
  private readonly works = new Set<Promise<void>>();

  async send(mail: AccountMail): Promise<void> {
    await this.before(mail);
    this.mails.push(mail);
  }

  /** For the option of this name. */
  readonly waitUntil = (work: Promise<void>): void => {
    this.works.add(work);
    void work.then(() => this.works.delete(work));
  };

  /** Waits for all work behind the answers so far, and for what that brings about. */
  async settled(): Promise<void> {
    while (this.works.size > 0) await Promise.all(this.works);
  }

  /** The last mail to an address, once all work is done. Throws when there is none. */
  async last(to: string, kind: AccountMailKind): Promise<AccountMail> {
    await this.settled();
    const mail = this.mails.findLast((one) => one.to === to && one.kind === kind);
    if (!mail) throw new Error(`no mail (${kind}) to ${to}: ${this.kinds.join(', ')}`);
    return mail;
  }

  /** `kind to` of all mails, in their order. */
  get kinds(): readonly string[] {
    return this.mails.map(({ kind, to }) => `${kind} ${to}`);
  }
}

/** What the fragment of a mail's link holds, as a page would post it. */
export function inLink({ link }: Pick<AccountMail, 'link'>): Record<string, string> {
  if (link === null) throw new Error('this mail has no link');
  return Object.fromEntries(new URLSearchParams(new URL(link).hash.slice(1)));
}
