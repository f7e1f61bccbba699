import { constants, createPublicKey, createSecretKey, randomInt, sign } from 'node:crypto';
import { compactVerify } from 'jose';
import { isSignedBy, signatureOf } from '../../libs/auth/src/access-tokens/signatures.js';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../libs/auth/src/keys/key-options.js';
import { generateSigningKey } from '../../libs/auth/src/keys/signing-key.js';
import type { KeyObject } from 'node:crypto';

export interface Pair {
  readonly alg: SigningAlgorithm;
  readonly signWith: KeyObject;
  readonly verifyWith: KeyObject;
}

/** A key for each algorithm. */
export async function pairs(): Promise<readonly Pair[]> {
  const made = SIGNING_ALGORITHMS.map(async (alg): Promise<Pair> => {
    if (alg.startsWith('HS')) {
      const key = createSecretKey(Buffer.alloc(64, alg));
      return { alg, signWith: key, verifyWith: key };
    }
    const { privateKey } = await generateSigningKey(alg as 'ES256');
    return { alg, signWith: privateKey, verifyWith: createPublicKey(privateKey) };
  });
  return Promise.all(made);
}

/** A token, as it would be signed; `claims` make it longer or shorter. */
export async function signed({ alg, signWith }: Pair, claims: object): Promise<Token> {
  const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${segment({ alg })}.${segment(claims)}`;
  return { input, signature: await signatureOf(input, alg, signWith) };
}

export interface Token {
  readonly input: string;
  readonly signature: Buffer;
}

const flipped = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
};
const anyBit = (bytes: Buffer) => randomInt(bytes.byteLength * 8);

/** Order of P-256: the other signature of the same text has `n - s` for `s`. */
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const hex = (value: bigint) => value.toString(16).padStart(64, '0');

/** What becomes of a token: each gives a token that may be good or not. */
export const MUTATIONS: Readonly<Record<string, (token: Token, pair: Pair) => Token>> = {
  nothing: (token) => token,
  'a bit of the signature': ({ input, signature }) => ({
    input,
    signature: flipped(signature, anyBit(signature)),
  }),
  'a bit of the claims': ({ input, signature }) => {
    const [header, claims] = input.split('.') as [string, string];
    const bytes = Buffer.from(claims, 'base64url');
    return { input: `${header}.${flipped(bytes, anyBit(bytes)).toString('base64url')}`, signature };
  },
  'a shorter signature': ({ input, signature }) => ({
    input,
    signature: signature.subarray(0, randomInt(signature.byteLength)),
  }),
  'no signature but its end': ({ input, signature }) => ({
    input,
    signature: signature.subarray(randomInt(1, signature.byteLength)),
  }),
  'a longer signature': ({ input, signature }) => ({
    input,
    signature: Buffer.concat([signature, Buffer.alloc(randomInt(1, 70))]),
  }),
  'zeros before it': ({ input, signature }) => ({
    input,
    signature: Buffer.concat([Buffer.alloc(randomInt(1, 40)), signature]),
  }),
  zeros: ({ input, signature }) => ({ input, signature: Buffer.alloc(signature.byteLength) }),
  ones: ({ input, signature }) => ({ input, signature: Buffer.alloc(signature.byteLength, 0xff) }),
  'its halves turned': ({ input, signature }) => {
    const half = signature.byteLength >> 1;
    return { input, signature: Buffer.concat([signature.subarray(half), signature.subarray(0, half)]) };
  },
  'one half of zeros': ({ input, signature }) => {
    const copy = Buffer.from(signature);
    const half = copy.byteLength >> 1;
    copy.fill(0, ...(randomInt(2) ? [0, half] : [half]));
    return { input, signature: copy };
  },
  'n - s for s': ({ input, signature }) => {
    if (signature.byteLength !== 64) return { input, signature };
    const s = BigInt(`0x${signature.subarray(32).toString('hex')}`);
    return { input, signature: Buffer.concat([signature.subarray(0, 32), Buffer.from(hex(N - s), 'hex')]) };
  },
  'n + s for s': ({ input, signature }) => {
    if (signature.byteLength !== 64) return { input, signature };
    const s = (BigInt(`0x${signature.subarray(32).toString('hex')}`) + N) & (2n ** 256n - 1n);
    return { input, signature: Buffer.concat([signature.subarray(0, 32), Buffer.from(hex(s), 'hex')]) };
  },
  'DER in place of two numbers': ({ input, signature }, { alg, signWith }) =>
    alg === 'ES256'
      ? { input, signature: sign('sha256', Buffer.from(input), signWith) }
      : { input, signature },
  'another length of the salt': ({ input, signature }, { alg, signWith }) => {
    if (alg !== 'PS256') return { input, signature };
    const saltLength = randomInt(2) ? randomInt(0, 64) : constants.RSA_PSS_SALTLEN_MAX_SIGN;
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return { input, signature: sign('sha256', Buffer.from(input), { key: signWith, padding, saltLength }) };
  },
  'another hash': ({ input, signature }, { alg, signWith }) =>
    alg.startsWith('RS') || alg === 'PS256'
      ? { input, signature: sign('sha512', Buffer.from(input), signWith) }
      : { input, signature },
};

/** What jose says: whatever it throws is a refusal. */
export async function verdictOfJose(
  { input, signature }: Token,
  { alg, verifyWith }: Pair,
): Promise<boolean> {
  return compactVerify(`${input}.${signature.toString('base64url')}`, verifyWith, { algorithms: [alg] }).then(
    () => true,
    () => false,
  );
}

export const ourVerdict = async ({ input, signature }: Token, pair: Pair): Promise<boolean> =>
  isSignedBy(pair, input, signature);
