import { strictBytes } from './base64url.js';

/** A kind of token that is no JWT, known by its prefix (docs/token-formats.md). */
export interface TokenForm {
  readonly prefix: string;
  readonly name: string;
  readonly isWhole: (text: string) => boolean;
  readonly about: string;
  /** What to do with one that leaked. */
  readonly leaked: string;
}

/** A prefix and this many characters of canonical base64url. */
const whole = (prefix: string, length: number) => {
  const total = prefix.length + length;
  return (text: string) => text.length === total && strictBytes(text.slice(prefix.length)) !== undefined;
};
const IN_DATABASE = 'The rest of it is a secret and a tag. Whether it is good, only the database knows.';
const END_SIGN_IN = 'End the sign-in.';

export const TOKEN_FORMS: readonly TokenForm[] = [
  {
    prefix: 'rt1_',
    name: 'refresh token',
    isWhole: whole('rt1_', 91),
    about: `Good for one refresh, which answers with the next one. ${IN_DATABASE}`,
    leaked: END_SIGN_IN,
  },
  {
    prefix: 's2_',
    name: 'session token',
    isWhole: whole('s2_', 86),
    about: `The content of the session cookie. ${IN_DATABASE}`,
    leaked: END_SIGN_IN,
  },
  {
    prefix: 'cs1_',
    name: 'secret of a service client',
    isWhole: whole('cs1_', 43),
    about: 'A service signs in with it. The server keeps a hash of it only.',
    leaked: 'Give the client another secret at once.',
  },
  {
    prefix: 'a1_',
    name: 'token of a link in a mail',
    isWhole: whole('a1_', 64),
    about: 'Good once, for the purpose of its mail: a new password, a verified address, a sign-in.',
    leaked: 'Ask for a new link. The first one that is used ends the others.',
  },
  {
    prefix: 'ho1_',
    name: 'link of a handover',
    isWhole: whole('ho1_', 86),
    about: 'Signs a browser in from an application. Good once, for a minute.',
    leaked: 'Ask for a new link.',
  },
  {
    prefix: 'ak1_',
    name: 'asker of a link or code',
    isWhole: whole('ak1_', 43),
    about: 'Marks the browser that asked for a link or a code. Of no use without the link or the code.',
    leaked: 'Nothing.',
  },
  {
    prefix: 'ah1_',
    name: 'handle of an application',
    isWhole: whole('ah1_', 43),
    about: 'Marks the application that asked for a link or a code. Of no use without the link or the code.',
    leaked: 'Nothing.',
  },
  {
    prefix: 'd1_',
    name: 'mark of a known device',
    isWhole: (text) => /^d1_[A-Za-z0-9_-]{22}(?:[A-Za-z0-9_-]{24}){1,5}$/.test(text),
    about: 'Tells a device that signed in before. It signs nobody in.',
    leaked: 'Nothing.',
  },
];

/** What a refresh token or a session token says by itself. Its tag is not checked, so anybody may have written it. */
export function partsOf(form: TokenForm, text: string): readonly (readonly [string, string])[] {
  if (form.prefix !== 'rt1_' && form.prefix !== 's2_') return [];
  const bytes = strictBytes(text.slice(form.prefix.length))!;
  const id = uuidOf(bytes.subarray(0, 16));
  if (form.prefix === 's2_') return [['session', id]];
  const generation = new DataView(bytes.buffer, bytes.byteOffset).getUint32(16);
  return [
    ['family', id],
    ['generation', String(generation)],
  ];
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
