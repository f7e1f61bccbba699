/** What a mail of the account flows is about. */
export type AccountMailKind =
  /** To an address that is not verified yet: `link` verifies it. */
  | 'verify-email'
  /** `link` leads to a page that sets a new password. */
  | 'reset-password'
  /** `link` signs in, in the browser that asked for it. */
  | 'magic-link'
  /** `code` signs in where it was asked for. */
  | 'code'
  /** To the next address of an account: `link` makes it the address. */
  | 'confirm-email'
  /** To the present address, before `confirm-email` is sent to the next one: `link` refuses the change. */
  | 'email-change-asked'
  /** To the former address: the account has another one now. `link` undoes that. */
  | 'email-changed'
  /** To the owner of an address that another account asked to change to. No link. */
  | 'email-taken'
  /** The password was changed. `link` says "this was not me". */
  | 'password-changed'
  /** A sign-in from a device that was never seen. `link` says "this was not me". */
  | 'new-device'
  /** An application handed the user's sign-in over to a browser (`handover()`). `link` says "this was not me". */
  | 'handover-used';

/** Where a mail was asked for, so that its reader can recognise it. */
export interface MailAsked {
  /** Null: unknown. */
  readonly ip: string | null;
  /**
   * What the client calls itself, printable ASCII of up to 255 characters; null: unknown. Anyone can ask for a mail to another
   * person with any text here, such as a link: put no more of it into a mail than words of your own, as `accountMailText` does.
   */
  readonly userAgent: string | null;
  readonly at: Date;
}

/** A mail to be sent. The mailer writes its text in the reader's language. `accountMailText` has one in English. */
export interface AccountMail {
  /** A UUID of this mail, the same in each try: a mailer can use it to send it once. */
  readonly id: string;
  readonly kind: AccountMailKind;
  readonly to: string;
  /** The link to open, or null. It holds a secret: log neither it nor `code`. */
  readonly link: string | null;
  /** The code to type, or null. */
  readonly code: string | null;
  /** What `emailOf` gave as `locale`; null: nothing. */
  readonly locale: string | null;
  /** When the link or the code ends; null: there is neither. */
  readonly expiresAt: Date | null;
  /** Null: the application asked. */
  readonly asked: MailAsked | null;
}

/**
 * Sends mails of the account flows. The application implements it, with the mail service that it has.
 *
 * `send` is called after the request was answered, at most eight times at once. If it throws, or has not settled after 30
 * seconds, it is tried again 5 seconds and then 60 seconds later; after the third try the mail is given up, with the event
 * `account-flows.mail_lost`. Mails wait in the memory of the process: a process that is killed loses them. Where that matters, let
 * `send` put the mail into a queue of yours.
 *
 * @example
 * ```ts
 * import { AccountMailer, type AccountMail, accountMailText } from 'nestjs-aerie/account-flows';
 *
 * declare const transport: {
 *   sendMail(mail: { to: string; subject: string; text: string }): Promise<unknown>;
 * }; // such as nodemailer's
 *
 * export class Mailer extends AccountMailer {
 *   async send(mail: AccountMail) {
 *     await transport.sendMail({ to: mail.to, ...accountMailText(mail, { service: 'Example' }) });
 *   }
 * }
 * ```
 */
export abstract class AccountMailer {
  /** Sends one mail, or hands it to a queue. What it throws is told in the log by its class and code alone. */
  abstract send(mail: AccountMail): Promise<void>;
}
