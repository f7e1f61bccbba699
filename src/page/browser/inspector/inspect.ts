import { CLAIM_MEANINGS, HEADER_MEANINGS, TIME_CLAIMS } from './claim-meanings.js';
import { findTokens, type FoundToken } from './find-tokens.js';
import { type Grounds, judge, type Verdict } from './judge.js';
import type { JsonObject, ReadJwt } from './jws.js';
import { instantText, shownValue, visible } from './shown.js';
import { partsOf, type TokenForm } from './token-forms.js';

export type { Grounds, Verdict } from './judge.js';
export { NoPublicKeys, type PublicKeys, readPublicKeys } from './public-keys.js';

/** One member of a token, as it is shown. */
export interface Row {
  readonly name: string;
  readonly value: string;
  /** What it means; null: nothing is known about it. */
  readonly meaning: string | null;
}

/** What a token says, by its form alone. */
export interface InspectedToken {
  /** Such as `access token`. */
  readonly kind: string;
  readonly about: string;
  readonly header: readonly Row[];
  readonly claims: readonly Row[];
  /** Null for tokens that have no signature. */
  readonly verdict: Verdict | null;
  /** What to do with one that leaked. */
  readonly leaked: string;
}

export interface Inspection {
  readonly tokens: readonly InspectedToken[];
  /** Why there is no token; null: there is one, or the text is empty. */
  readonly nothing: string | null;
}

const MAX_ROWS = 100;
const ABOUT: Readonly<Record<ReadJwt['kind'], string>> = {
  'access token':
    'Sent with requests. Servers verify it with the published keys, and refuse it when its sign-in ends.',
  'service token': 'Of a service, or of a user by way of a service. It is good for one audience.',
  JWT: 'A signed token of another kind than ours.',
};

/**
 * What any text holds of tokens, and what the verifier says of them. It reads the text, and nothing else: no request is sent, and
 * nothing is stored. It never throws, whatever the text.
 */
export async function inspect(text: string, grounds: Grounds): Promise<Inspection> {
  const { tokens, nothing } = findTokens(text);
  return { tokens: await Promise.all(tokens.map((token) => told(token, grounds))), nothing };
}

async function told(token: FoundToken, grounds: Grounds): Promise<InspectedToken> {
  if ('jwt' in token) return toldJwt(token.jwt, grounds);
  if ('form' in token) return toldOpaque(token.form, token.text);
  const isOver = grounds.now >= token.signedUntil;
  return {
    kind: 'signed URL',
    about: 'The signature covers the method, the path and the query. Only the server can check it.',
    header: [],
    claims: [
      {
        name: 'expires',
        value: instantText(token.signedUntil, grounds.now),
        meaning: isOver ? 'Its time is over.' : null,
      },
    ],
    verdict: null,
    leaked: 'Wait until it expires.',
  };
}

async function toldJwt(jwt: ReadJwt, grounds: Grounds): Promise<InspectedToken> {
  return {
    kind: jwt.kind,
    about: ABOUT[jwt.kind],
    header: rowsOf(jwt.header, HEADER_MEANINGS, grounds.now),
    claims: rowsOf(jwt.claims, CLAIM_MEANINGS, grounds.now),
    verdict: await judge(jwt, grounds),
    leaked: 'End the sign-in, or wait until it expires.',
  };
}

function toldOpaque(form: TokenForm, text: string): InspectedToken {
  const claims = partsOf(form, text).map(([name, value]) => ({ name, value, meaning: null }));
  return { kind: form.name, about: form.about, header: [], claims, verdict: null, leaked: form.leaked };
}

function rowsOf(members: JsonObject, meanings: ReadonlyMap<string, string>, now: number): readonly Row[] {
  const all = Object.entries(members);
  const rows = all.slice(0, MAX_ROWS).map(([name, value]) => ({
    name: visible(name.length > 100 ? `${name.slice(0, 100)}…` : name),
    value: valueOf(name, value, now),
    meaning: meanings.get(name) ?? null,
  }));
  const left = all.length - rows.length;
  return left > 0 ? [...rows, { name: '…', value: `${left} more, not shown`, meaning: null }] : rows;
}

function valueOf(name: string, value: unknown, now: number): string {
  if (!TIME_CLAIMS.has(name) || typeof value !== 'number') return shownValue(value);
  return `${shownValue(value)}: ${instantText(value * 1000, now)}`;
}
