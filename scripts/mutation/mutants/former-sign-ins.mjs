import { mutantsOf } from './mutants-of.mjs';

const REDEMPTION = 'features/former-sign-ins/redemption/redemption.ts';

/** What decides whether a credential from before the move opens a sign-in, and which one. */
export const FORMER_SIGN_IN_MUTANTS = [
  ...mutantsOf(
    REDEMPTION,
    ['former sessions'],
    [
      ['a session is spent at first sight', 'claim.spentAt !== null && now - claim', 'now - claim'],
      ['a session is shared for an hour', 'const SHARED_MS = 30_000;', 'const SHARED_MS = 3_600_000;'],
      ['a session is replaced without an end', 'const MAX_REPLACEMENTS = 3;', 'const MAX_REPLACEMENTS = 99;'],
      [
        'the session of another user is handed out',
        `if (status.subject !== subject) return this.refused('spent', subject, presented, terms);`,
        '',
      ],
      [
        'what was deleted is opened again',
        'return isUnopened && claim.spentAt === null',
        'return claim.spentAt === null',
      ],
      [
        'a claim of a process that died opens nothing any more',
        'return isUnopened && claim.spentAt === null',
        'return isUnopened && claim.spentAt !== null',
      ],
      [
        'a session that was replaced lives on',
        `await signOut.endOne(subject, standing.claim.signInId!, 'replaced');`,
        '',
      ],
    ],
  ),
  ...mutantsOf(
    REDEMPTION,
    ['gates of former sessions'],
    [
      [
        'a logout everywhere leaves former credentials alone',
        `if (await claims.isEnded(subject)) return this.refused('ended', subject, presented, terms);`,
        '',
      ],
      [
        'a disabled user may come back with it',
        `await signOut.endAll(subject, 'subject_gone');
      return this.refused('gone'`,
        `return this.refused('gone'`,
      ],
      [
        'a refusal for the limit spends the credential',
        `await claims.release(credential, mine.signInId);
      return this.refused('limit'`,
        `return this.refused('limit'`,
      ],
      ['no logout overtakes an opening', 'if (!isMine || (await claims.isEnded(subject))) {', 'if (false) {'],
      [
        'a logout of this client does not overtake an opening',
        'if (!isMine || (await claims.isEnded(subject))) {',
        'if (await claims.isEnded(subject)) {',
      ],
      [
        'a logout of the others does not overtake an opening',
        'if (!isMine || (await claims.isEnded(subject))) {',
        'if (!isMine) {',
      ],
      [
        'an outage of the former store is a refusal',
        'throw new StoreUnavailableError({ cause });',
        'return null;',
      ],
    ],
  ),
  ...mutantsOf(
    REDEMPTION,
    ['former tokens'],
    [
      [
        'a token that comes again later ends nothing',
        `await signOut.endOne(subject, signInId, 'reuse_former');`,
        '',
      ],
    ],
  ),
  ...mutantsOf(
    'features/former-sign-ins/former-sign-ins.service.ts',
    ['gates of former sessions'],
    [
      [
        'a logout leaves the former credential unspent',
        `await this.parts.claims.spend(digest);
      const signIn`,
        'const signIn',
      ],
      [
        'a logout leaves what it opened',
        `if (signIn) await this.parts.signOut.endProven(signIn, 'signed_out');`,
        '',
      ],
      ['a logout leaves the former store alone', 'if (!kind.end) continue;', 'continue;'],
      [
        'a login leaves the former credential unspent',
        `await this.parts.claims.spend(digest);
  }`,
        '{}\n  }',
      ],
      [
        'a cookie that was planted keeps the other alive',
        'for (const value of kind.cookie === undefined ? [] : cookiesOf(request, kind.cookie)) {',
        'for (const value of kind.cookie === undefined ? [] : cookiesOf(request, kind.cookie).slice(0, 1)) {',
      ],
    ],
  ),
  ...mutantsOf(
    'features/former-sign-ins/former-sign-ins.service.ts',
    ['former sessions'],
    [
      [
        'using ours does not spend the former session',
        'this.parts.claims.spend(presented.digest).catch',
        'Promise.resolve().catch',
      ],
    ],
  ),
  ...mutantsOf(
    'features/former-sign-ins/former-sign-ins.service.ts',
    ['former options'],
    [
      ['nothing ends at "until"', 'this.parts.clock.now() >= this.options.until;', 'false;'],
      ['rows go with "until"', 'const KEPT_MS = 30 * DAY_MS;', 'const KEPT_MS = 0;'],
    ],
  ),
  ...mutantsOf(
    'features/former-sign-ins/credentials/express-session.ts',
    ['former express sessions'],
    [
      [
        'a signature is not compared',
        'return equalInConstantTime(signature, Buffer.from(right));',
        'return right.length > 0;',
      ],
      ['a session past its time is good', 'return !(now < at);', 'return false;'],
    ],
  ),
  ...mutantsOf(
    'features/former-sign-ins/credentials/refresh-jwt.ts',
    ['former tokens'],
    [
      ['any algorithm will do', `if (!read || read.header['alg'] !== algorithm)`, 'if (!read)'],
      [
        'a signature is not compared',
        'return secrets.some(isOf) ? read.payload : undefined;',
        'return read.payload;',
      ],
      ['a token past its time is good', 'isInstant(exp) && now < exp * 1000', 'isInstant(exp)'],
      [
        'a token may have no end',
        'isInstant(exp) && now < exp * 1000',
        '(exp === undefined || now < Number(exp) * 1000)',
      ],
      [
        'a token counts before its time',
        '(nbf === undefined || (isInstant(nbf) && now >= nbf * 1000))',
        'true',
      ],
      [
        'what the users table says is not asked',
        'if (isCurrent && (await isCurrent(owner, token, claims)) !== true) return null;',
        '',
      ],
      ['a token of another issuer is good', '(issuer === undefined || iss === issuer) &&', ''],
      [
        'a token for another audience is good',
        '(audience === undefined || (Array.isArray(aud) ? aud.includes(audience) : aud === audience));',
        'true;',
      ],
    ],
  ),
  ...mutantsOf(
    'features/former-sign-ins/claims/sql-former-claim-store.ts',
    ['former claims'],
    [
      [
        'two requests replace one sign-in',
        'where ${c.credential} = ${credential} and ${c.signInId} = ${instead} and',
        'where ${c.credential} = ${credential} and',
      ],
      [
        'a spent credential is replaced',
        '${c.signInId} = ${instead} and ${c.spentAt} is null`',
        '${c.signInId} = ${instead}`',
      ],
      [
        'the claim of another request is given up',
        'where ${c.credential} = ${credential} and ${c.signInId} = ${signInId} and',
        'where ${c.credential} = ${credential} and',
      ],
      [
        'a spent credential is forgotten',
        '${c.signInId} = ${signInId} and ${c.spentAt} is null`',
        '${c.signInId} = ${signInId}`',
      ],
      ['an incident leaves former credentials alone', 'in (${key}, ${EVERYBODY})', 'in (${key})'],
    ],
  ),
  ...mutantsOf(
    'features/former-sign-ins/claims/memory-former-claim-store.ts',
    ['former claims'],
    [
      [
        'memory: a spent credential is replaced',
        'known?.signInId !== instead || known.spentAt !== null',
        'known?.signInId !== instead',
      ],
      [
        'memory: two requests replace one sign-in',
        'known?.signInId !== instead || known.spentAt !== null',
        '!known || known.spentAt !== null',
      ],
      [
        'memory: an incident leaves former credentials alone',
        `this.ended.has(subject) || this.ended.has('')`,
        'this.ended.has(subject)',
      ],
    ],
  ),
];
