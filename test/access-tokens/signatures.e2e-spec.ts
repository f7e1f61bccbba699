// What a signature is worth, told by jose beside us; `signatures.proofs-spec.ts` asks 100,000 times.
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import { isSignedBy } from '../../libs/auth/src/access-tokens/signatures.js';
import { MUTATIONS, ourVerdict, pairs, signed, verdictOfJose } from './signatures.js';

const PAIRS = await pairs();
const inNextTurn = () => new Promise((resume) => setImmediate(resume));

describe('a signature', () => {
  it.each(PAIRS.map((pair) => [pair.alg, pair] as const))(
    'of %s gets the verdict of jose',
    async (alg, pair) => {
      const verdicts = new Set<boolean>();
      for (let round = 0; round < 10; round++)
        for (const [name, mutate] of Object.entries(MUTATIONS)) {
          const token = mutate(await signed(pair, { round, text: 'x'.repeat(round * 31) }), pair);
          const ours = await ourVerdict(token, pair);
          verdicts.add(ours);
          expect([alg, name, ours]).toEqual([alg, name, await verdictOfJose(token, pair)]);
        }
      expect(verdicts).toEqual(new Set([true, false]));
    },
  );

  it('is none with a key for another algorithm, also where the key made it', async () => {
    for (const made of PAIRS) {
      const { input, signature } = await signed(made, {});
      for (const { alg } of PAIRS) {
        const isOfThisFamily = alg === made.alg || (alg.startsWith('HS') && made.alg.startsWith('HS'));
        if (!isOfThisFamily)
          expect([alg, await isSignedBy({ ...made, alg }, input, signature)]).toEqual([alg, false]);
      }
    }
  });

  it('is none of an HMAC with the text of a public key, or with a private key', async () => {
    const [secret] = PAIRS.filter(({ alg }) => alg === 'HS256');
    const { input } = await signed(secret!, {});
    for (const { alg, signWith, verifyWith } of PAIRS.filter((one) => !one.alg.startsWith('HS')))
      for (const key of [signWith, verifyWith])
        expect([alg, await isSignedBy({ alg: 'HS256', verifyWith: key }, input, Buffer.alloc(32))]).toEqual([
          alg,
          false,
        ]);
    // Node.js would take the public half of a private key.
    for (const pair of PAIRS.filter(({ alg }) => !alg.startsWith('HS'))) {
      const token = await signed(pair, {});
      expect(
        await isSignedBy({ alg: pair.alg, verifyWith: pair.signWith }, token.input, token.signature),
      ).toBe(false);
    }
  });

  it('is none of ES256 with a key of another curve', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    const signature = sign('sha256', Buffer.from('text'), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    expect(await isSignedBy({ alg: 'ES256', verifyWith: publicKey }, 'text', signature)).toBe(false);
  });

  it('is none of an algorithm that is not known here', async () => {
    const { verifyWith } = PAIRS.find(({ alg }) => alg === 'ES256')!;
    for (const alg of ['ES512', 'none', 'constructor', '__proto__'])
      expect([alg, await isSignedBy({ alg: alg as 'ES256', verifyWith }, 'text', Buffer.alloc(64))]).toEqual([
        alg,
        false,
      ]);
  });

  it('is none where Node.js throws, on this thread and on another', async () => {
    const broken = createPublicKey(generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey);
    await inNextTurn();
    const verdicts = Array.from({ length: 20 }, () =>
      isSignedBy({ alg: 'PS256', verifyWith: broken }, 'text', Buffer.alloc(64)),
    );
    expect(await Promise.all(verdicts)).toEqual(verdicts.map(() => false));
  });

  it('is verified on this thread, and past sixteen in one turn of the event loop on another', async () => {
    const pair = PAIRS.find(({ alg }) => alg === 'ES256')!;
    const { input, signature } = await signed(pair, {});
    const forged = Buffer.alloc(64, 1);
    for (let turn = 0; turn < 3; turn++) {
      await inNextTurn();
      const verdicts = Array.from({ length: 40 }, (_, index) =>
        isSignedBy(pair, input, index % 2 ? forged : signature),
      );
      expect(verdicts.filter((one) => typeof one === 'boolean')).toHaveLength(16);
      expect(await Promise.all(verdicts)).toEqual(verdicts.map((_, index) => index % 2 === 0));
    }
  });

  it('is counted by turns of the event loop, also after fake timers of a test', async () => {
    const pair = PAIRS.find(({ alg }) => alg === 'ES256')!;
    const { input, signature } = await signed(pair, {});
    await inNextTurn();
    jest.useFakeTimers();
    try {
      expect(isSignedBy(pair, input, signature)).toBe(true);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
    await inNextTurn();
    const verdicts = Array.from({ length: 16 }, () => isSignedBy(pair, input, signature));
    expect(verdicts).toEqual(verdicts.map(() => true));
  });
});
