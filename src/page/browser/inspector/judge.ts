import { claimsReason, isOutOfTime } from './claim-rules.js';
import { audiencesOf, formReason, type ReadJwt } from './jws.js';
import { isSignedBy, kidsOf, type PublicKeys } from './public-keys.js';
import { shownValue } from './shown.js';

/** What a token is judged with. */
export interface Grounds {
  /** Null: none were given. */
  readonly keys: PublicKeys | null;
  /** The `iss` that is expected. Empty: any. */
  readonly issuer?: string | undefined;
  /** The audience that is expected. Empty: any. */
  readonly audience?: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Verdict {
  /** `unchecked`: nothing speaks against it, and its signature was not checked. */
  readonly word: 'good' | 'refused' | 'unchecked';
  /** Why it was refused, or what accepting it means. */
  readonly why: string;
  readonly notChecked: readonly string[];
  readonly notes: readonly string[];
}

/** The module's default (`accessTokens.clockTolerance`). */
const CLOCK_TOLERANCE_MS = 5_000;

/** What the verifier of a token's kind says, in its order and in the words of `nestjs-aerie inspect`. */
export async function judge(token: ReadJwt, grounds: Grounds): Promise<Verdict> {
  const { keys, issuer = '', audience = '' } = grounds;
  const signature = await signatureReason(token, keys);
  const why =
    formReason(token) ??
    typeReason(token) ??
    signature.key ??
    addressReason(token, issuer, audience) ??
    signature.fits ??
    claimsReason(token) ??
    (isOutOfTime(token.claims, grounds.now, CLOCK_TOLERANCE_MS)
      ? 'its time is over, or has not come yet'
      : null);
  const notChecked = [
    ...signature.notChecked,
    ...(issuer === '' ? ['the issuer'] : []),
    ...(audience === '' ? ['the audience'] : []),
    'whether its sign-in has ended, which the database alone knows',
  ];
  const notes = keys?.notes ?? [];
  if (why !== null) return { word: 'refused', why, notChecked: [], notes };
  if (signature.isChecked)
    return { word: 'good', why: 'signature, form and times are good', notChecked, notes };
  return { word: 'unchecked', why: 'form and times are good; signature not checked', notChecked, notes };
}

function typeReason({ kind, header }: ReadJwt): string | null {
  return kind === 'JWT'
    ? `its type is ${shownValue(header['typ'])}, and only "at+jwt" (access tokens) and "service+jwt" (service tokens) are taken`
    : null;
}

interface SignatureResult {
  /** Why no key fits. */
  readonly key: string | null;
  /** Why the signature does not fit. */
  readonly fits: string | null;
  readonly isChecked: boolean;
  readonly notChecked: readonly string[];
}

const NO_KEYS = 'the signature (paste the public keys, or fetch those of this server)';

async function signatureReason(token: ReadJwt, keys: PublicKeys | null): Promise<SignatureResult> {
  const unchecked = { key: null, fits: null, isChecked: false };
  if (!keys) return { ...unchecked, notChecked: [NO_KEYS] };
  const { kid, alg } = token.header;
  // As in the verifier: the last of two keys of one kid counts.
  const key = [...keys.keys].reverse().find((one) => one.kid === kid);
  if (!key) {
    const hint = /^HS\d+$/.test(typeof alg === 'string' ? alg : '')
      ? '; a key of an HS algorithm is a secret, which is never published'
      : '';
    return {
      ...unchecked,
      key: `no key has its kid ${shownValue(kid)} (known: ${kidsOf(keys)})${hint}`,
      notChecked: [],
    };
  }
  if (key.alg !== alg)
    return {
      ...unchecked,
      key: `its alg is ${shownValue(alg)}, and the key of its kid is for ${key.alg}`,
      notChecked: [],
    };
  const isSigned = formReason(token) === null && (await isSignedBy(token.text, key));
  if (isSigned === 'unknown')
    return { ...unchecked, notChecked: [`the signature (this browser cannot check ${key.alg} here)`] };
  const fits = isSigned
    ? null
    : 'its signature does not fit: it was changed, or signed with another key of that kid';
  return { key: null, fits, isChecked: true, notChecked: [] };
}

function addressReason({ claims }: ReadJwt, issuer: string, audience: string): string | null {
  const { iss, aud } = claims;
  if (issuer === '' ? typeof iss !== 'string' : iss !== issuer)
    return `its issuer (iss) is ${shownValue(iss)}, and must be ${issuer === '' ? 'a text' : shownValue(issuer)}`;
  const isList =
    typeof aud === 'string' || (Array.isArray(aud) && aud.every((one) => typeof one === 'string'));
  const own = audiencesOf(claims);
  if (!isList || own.length === 0 || (audience !== '' && !own.includes(audience)))
    return `its audience (aud) is ${shownValue(aud)}, and must have ${audience === '' ? 'a text' : shownValue(audience)}`;
  return null;
}
