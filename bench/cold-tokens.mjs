// Benchmark of new access tokens: what the first use of one costs, against the bare verification of its signature and against
// jose. In one process without HTTP, so that the network adds no noise. Needs no database.
import {
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { compactVerify } from 'jose';
import { AccessTokenIssuer } from '../libs/auth/dist/access-tokens/access-token-issuer.js';
import { AccessTokenVerifier } from '../libs/auth/dist/access-tokens/access-token-verifier.js';
import { JwtVerifier } from '../libs/auth/dist/access-tokens/jwt-verifier.js';
import { KeyRing } from '../libs/auth/dist/keys/key-ring.js';
import { readArguments } from './lib/arguments.mjs';
import { machineFacts } from './lib/machine.mjs';
import { atMost, ratio, table } from './lib/report.mjs';
import { measureInTurn } from './lib/rounds.mjs';
import { median, ratiosPerRound, spread } from './lib/statistics.mjs';

const { rounds, tokens: count } = readArguments({ rounds: 15, tokens: 1_000 });
const ISSUER = 'https://api.example.com';
const PER_TURN = 10;
const clock = { now: () => Date.now(), monotonic: () => performance.now() };

const secret = () => {
  const key = createSecretKey(randomBytes(32));
  return { publicKey: key, privateKey: key };
};
const ALGORITHMS = {
  HS256: {
    keys: secret,
    target: 4,
    bare: (input, key, signature) =>
      timingSafeEqual(createHmac('sha256', key).update(input).digest(), signature),
  },
  ES256: {
    keys: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
    target: 1.3,
    bare: (input, key, signature) => verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature),
  },
  RS256: {
    keys: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    target: 1.7,
    bare: (input, key, signature) => verify('sha256', input, key, signature),
  },
  EdDSA: {
    keys: () => generateKeyPairSync('ed25519'),
    target: 1.2,
    bare: (input, key, signature) => verify(null, input, key, signature),
  },
};

const rows = [];
const targets = [];
for (const [alg, { keys, bare, target }] of Object.entries(ALGORITHMS)) {
  const { publicKey, privateKey } = keys();
  const ring = new KeyRing([
    { kid: randomUUID(), alg, state: 'active', signWith: privateKey, verifyWith: publicKey },
  ]);
  const texts = await issue(ring);
  const parts = texts.map((text) => {
    const dot = text.lastIndexOf('.');
    return [Buffer.from(text.slice(0, dot)), Buffer.from(text.slice(dot + 1), 'base64url')];
  });
  const rules = { issuer: ISSUER, audience: [ISSUER], clockToleranceMs: 0 };
  // Without its cache: each token is new.
  const verifier = new AccessTokenVerifier(new JwtVerifier(ring, rules, clock), 0);
  const subjects = {
    bare: (index) => bare(parts[index][0], publicKey, parts[index][1]),
    ours: (index) => verifier.verify(texts[index]),
    jose: (index) => compactVerify(texts[index], publicKey, { algorithms: [alg] }),
  };
  for (const verifyOne of Object.values(subjects)) await microseconds(verifyOne);
  const measured = await measureInTurn(alg, Object.keys(subjects), rounds, (name) =>
    microseconds(subjects[name]),
  );
  const against = (name) => spread(ratiosPerRound(measured.get(name), measured.get('bare')));
  rows.push([
    alg,
    `${median(measured.get('bare')).toFixed(1)} µs`,
    ratio(against('ours')),
    ratio(against('jose')),
  ]);
  targets.push(atMost(`${alg}: a new token against its bare signature`, against('ours').median, target));
}
console.log(
  `${await machineFacts()}\n\n${table(['algorithm', 'bare signature', 'a new token here', 'jose: the signature alone'], rows)}\n\n${targets.join('\n')}`,
);

async function issue(ring) {
  const options = { audience: [ISSUER], lifetimeMs: 900_000, endOnRotation: false, cookie: false };
  const issuer = new AccessTokenIssuer(ring, ISSUER, options, clock);
  const principal = () => ({
    id: randomUUID(),
    signInId: randomUUID(),
    roles: ['user'],
    scopes: [],
    authenticatedAt: new Date(),
    methods: ['pwd'],
  });
  const request = () => ({
    principal: principal(),
    profile: {},
    subjectEpoch: 0,
    globalEpoch: 0,
    generation: 1,
    signInLeftMs: 1e9,
    isForBrowser: false,
  });
  const texts = [];
  while (texts.length < count) texts.push((await issuer.issue(request())).token);
  return texts;
}

/** The time that one takes, ten in each turn of the event loop: past sixteen, others go to other threads. */
async function microseconds(verifyOne) {
  let spent = 0;
  for (let first = 0; first < count; first += PER_TURN) {
    await nextTurn();
    const begun = performance.now();
    for (let index = first; index < Math.min(first + PER_TURN, count); index++) await verifyOne(index);
    spent += performance.now() - begun;
  }
  return (spent / count) * 1_000;
}
