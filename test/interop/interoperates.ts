import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Adapter } from '../support/test-app.js';
import { ISSUER } from '../support/test-app.js';
import { type Issuer, startIssuer } from './issuer.js';
import {
  INTEROP_ALGORITHMS,
  type InteropAlgorithm,
  type JwtLibrary,
  type Outcome,
  type SignJob,
  type VerifyJob,
} from './jwt-library.js';
import { FAULTS, goodJob } from './wrong-tokens.js';

/** A token with one bit of its signature flipped. */
function flipped(token: string): string {
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const bytes = Buffer.from(signature, 'base64url');
  bytes[bytes.length >> 1]! ^= 1;
  return [header, payload, bytes.toString('base64url')].join('.');
}

const PINNED_TO_ANOTHER: Readonly<Record<InteropAlgorithm, string>> = {
  HS256: 'HS512',
  RS256: 'PS256',
  PS256: 'RS256',
  ES256: 'RS256',
  EdDSA: 'ES256',
};

/** What a library must refuse, and a word of why that every library uses. */
const REFUSED: readonly [name: string, change: (job: VerifyJob) => Partial<VerifyJob>, why: RegExp][] = [
  ['one bit of the signature flipped', ({ token }) => ({ token: flipped(token) }), /signature|decode/i],
  ['another audience', () => ({ audience: 'https://other.example.com' }), /aud/i],
  ['another issuer', () => ({ issuer: 'https://other.example.com' }), /iss/i],
  ['another algorithm', ({ alg }) => ({ alg: PINNED_TO_ANOTHER[alg as InteropAlgorithm] }), /alg|key/i],
];

/** The suite of some libraries against applications of one kind, for each algorithm, both ways. */
export function interoperates(libraries: readonly JwtLibrary[], adapter: Adapter): void {
  const issuers = new Map<InteropAlgorithm, Issuer>();
  beforeAll(async () => {
    for (const alg of INTEROP_ALGORITHMS) issuers.set(alg, await startIssuer(adapter, alg));
  });
  afterAll(() => Promise.all([...issuers.values()].map(({ app }) => app.close())));

  describe.each(libraries)('$name', (library) => {
    const outcomes = new Map<string, Outcome>();
    // All jobs at once: a process of another language starts but once.
    beforeAll(async () => {
      const jobs = [...issuers.values()].flatMap((issuer) => [...verifyJobs(issuer), ...signJobs(issuer)]);
      const answers = await library.answer(jobs.map(([, job]) => job));
      expect(answers).toHaveLength(jobs.length);
      jobs.forEach(([name], index) => outcomes.set(name, answers[index]!));
    });

    describe.each(INTEROP_ALGORITHMS.filter((alg) => !library.lacks.includes(alg)))('%s', (alg) => {
      const answerTo = async (bearer: string) => {
        const { status, body } = await issuers.get(alg)!.app.client().get('/guarded', { bearer });
        return { status, body };
      };

      it('ours: verified by the keys that we publish, with every claim', () => {
        const { claims, kid } = issuers.get(alg)!;
        expect(outcomes.get(`${alg} ours`)).toEqual({ header: { alg, kid, typ: 'at+jwt' }, claims });
      });

      it.each(REFUSED)('ours: refused for %s', (name, _change, why) => {
        expect(outcomes.get(`${alg} ours ${name}`)).toEqual({ refused: expect.stringMatching(why) });
      });

      it('theirs: believed by our guard', async () => {
        const { token } = outcomes.get(`${alg} theirs`) as { token: string };
        expect(await answerTo(token)).toMatchObject({
          status: 200,
          body: { id: 'user-1', plan: 'pro', name: 'Ada Łovelace' },
        });
      });

      it.each(FAULTS.filter(({ algorithms }) => algorithms.includes(alg)))(
        'theirs: refused for $name',
        async ({ name, code }) => {
          const outcome = outcomes.get(`${alg} theirs ${name}`)!;
          // What a library will not make is listed; it shows that by refusing.
          const made = !library.makesNone.includes(`${alg} ${name}`);
          expect(outcome).toEqual({ [made ? 'token' : 'refused']: expect.any(String) });
          if ('token' in outcome)
            expect(await answerTo(outcome.token)).toMatchObject({ status: 401, body: { code } });
        },
      );
    });

    if (library.lacks.length > 0)
      it.each(library.lacks)('%s: not known to it, neither to verify nor to sign', (alg) => {
        for (const whose of ['ours', 'theirs'])
          expect(outcomes.get(`${alg} ${whose}`)).toEqual({ refused: expect.any(String) });
      });
  });
}

function verifyJobs({ alg, token, jwksUrl, key }: Issuer): [string, VerifyJob][] {
  const rules = { alg, issuer: ISSUER, audience: ISSUER, jwksUrl };
  const good: VerifyJob = { do: 'verify', token, ...rules, ...(alg === 'HS256' && { secret: key }) };
  return [
    [`${alg} ours`, good],
    ...REFUSED.map(([name, change]): [string, VerifyJob] => [
      `${alg} ours ${name}`,
      { ...good, ...change(good) },
    ]),
  ];
}

function signJobs(issuer: Issuer): [string, SignJob][] {
  const now = Math.floor(Date.now() / 1000);
  const good = goodJob(issuer, now);
  const wrong = FAULTS.filter(({ algorithms }) => algorithms.includes(issuer.alg));
  return [
    [`${issuer.alg} theirs`, good],
    ...wrong.map(({ name, spoil }): [string, SignJob] => [
      `${issuer.alg} theirs ${name}`,
      spoil(good, issuer, now),
    ]),
  ];
}
