import { isIP } from 'node:net';
import type { AccountMail, AccountMailKind } from './account-mailer.js';

type Words = readonly (readonly [RegExp, string])[];

/** Subject and text of a mail. */
export interface AccountMailText {
  readonly subject: string;
  readonly text: string;
}

interface Wording {
  readonly subject: string;
  readonly begin: string;
  /** Before the link or the code. */
  readonly lead?: string;
  readonly end?: string;
}

const IGNORE = 'If you did not ask for this, ignore this mail: nothing has changed.';
const wording = (service: string): Readonly<Record<AccountMailKind, Wording>> => ({
  'verify-email': {
    subject: `Verify your e-mail address for ${service}`,
    begin: `This address was given for an account at ${service}.`,
    lead: 'Open this link to verify it:',
    end: IGNORE,
  },
  'reset-password': {
    subject: `Choose a new password for ${service}`,
    begin: `A new password was asked for, for your account at ${service}.`,
    lead: 'Open this link to choose one:',
    end: `${IGNORE} Do not share this link.`,
  },
  'magic-link': {
    subject: `Sign in to ${service}`,
    begin: `A link to sign in to ${service} was asked for.`,
    lead: 'Open it in the browser in which you asked for it:',
    end: `${IGNORE} Do not share this link.`,
  },
  code: {
    subject: `Your code for ${service}`,
    begin: `A code to sign in to ${service} was asked for.`,
    lead: 'Type it where you asked for it:',
    end: `${IGNORE} Do not share this code: ${service} never asks for it.`,
  },
  'confirm-email': {
    subject: `Confirm your new e-mail address for ${service}`,
    begin: `This address is to become the address of an account at ${service}.`,
    lead: 'Open this link to confirm it:',
    end: IGNORE,
  },
  'email-change-asked': {
    subject: `Your e-mail address at ${service} is about to change`,
    begin: `Somebody who is signed in to your account at ${service} asked for another e-mail address.`,
    lead: 'If that was not you, open this link. It keeps this address and signs everyone out:',
  },
  'email-changed': {
    subject: `Your e-mail address at ${service} was changed`,
    begin: `Your account at ${service} has another e-mail address now.`,
    lead: 'If that was not you, open this link. It brings this address back and signs everyone out:',
  },
  'email-taken': {
    subject: `Your e-mail address was given at ${service}`,
    begin: `Somebody asked to use this address for another account at ${service}. It stays with your account, and nothing has changed.`,
  },
  'password-changed': {
    subject: `Your password at ${service} was changed`,
    begin: `The password of your account at ${service} was changed.`,
    lead: 'If that was not you, open this link. It ends the password and signs everyone out:',
  },
  'new-device': {
    subject: `A new sign-in to ${service}`,
    begin: `Your account at ${service} was signed in to from a device that was not seen before.`,
    lead: 'If that was not you, open this link. It ends the password and signs everyone out:',
  },
  'handover-used': {
    subject: `A browser was signed in to ${service}`,
    begin: `An application that is signed in to your account at ${service} signed a browser in, by a link.`,
    lead: 'If that was not you, open this link. It ends the password and signs everyone out:',
  },
});

/**
 * An English text of a mail, without markup. It says where the mail was asked for, as its reader must be able to tell
 * an own request from another person's.
 *
 * @example
 * ```ts
 * import { type AccountMail, accountMailText } from 'nestjs-aerie/account-flows';
 *
 * export const textOf = (mail: AccountMail) => accountMailText(mail, { service: 'Example' }).text;
 * ```
 */
export function accountMailText(
  mail: AccountMail,
  { service }: { readonly service: string },
): AccountMailText {
  const { subject, begin, lead, end } = wording(service)[mail.kind];
  const secret = mail.link ?? mail.code;
  const parts = [
    begin,
    ...(lead !== undefined && secret !== null ? [`${lead}\n\n${secret}`] : []),
    ...(mail.expiresAt ? [`It is good until ${utc(mail.expiresAt)}.`] : []),
    ...(mail.asked ? [`Asked for at ${utc(mail.asked.at)}, ${whereOf(mail.asked)}.`] : []),
    ...(end === undefined ? [] : [end]),
  ];
  return { subject, text: `${parts.join('\n\n')}\n` };
}

const utc = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function whereOf({ ip, userAgent }: NonNullable<AccountMail['asked']>): string {
  return `from ${ip !== null && isIP(ip) !== 0 ? ip : 'an unknown address'}${deviceOf(userAgent ?? '')}`;
}

/** The first that a browser names is the right one: Edge also calls itself Chrome, and Chrome Safari. */
const BROWSERS: Words = [
  [/\bEdg(A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: Words = [
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** In words of ours: what a client calls itself may be an advertisement, or a link to another site. */
function deviceOf(userAgent: string): string {
  const [browser, system] = [BROWSERS, SYSTEMS].map(
    (words) => words.find(([form]) => form.test(userAgent))?.[1],
  );
  return `${browser === undefined ? '' : ` with ${browser}`}${system === undefined ? '' : ` on ${system}`}`;
}
