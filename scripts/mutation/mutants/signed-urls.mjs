import { mutantsOf } from './mutants-of.mjs';

/** What a signature covers, and for whom a URL is good. */
export const SIGNED_URL_MUTANTS = [
  ...mutantsOf(
    'signed-urls/signed-urls.ts',
    ['tampered URLs'],
    [
      [
        'a signed URL never expires',
        'if (this.clock.now() >= claim.expires * 1_000) throw new SignedUrlExpiredError();',
        '',
      ],
      [
        'a signed URL is good for every purpose',
        'signed.query, expires, purpose]',
        'signed.query, expires, purpose.slice(0, 0)]',
      ],
      [
        'a signed URL is good for every method',
        "method === 'HEAD' ? 'GET' : method",
        "method === '' ? method : 'GET'",
      ],
      [
        'a signature does not cover the query',
        'signed.path, signed.query, expires',
        'signed.path, [], expires',
      ],
      [
        'a signature does not cover whom it is for',
        '`signed-url\\n${textOf(claim)}\\n${subject}`',
        '`signed-url\\n${textOf(claim)}\\n${subject.slice(0, 0)}`',
      ],
      ['a URL with two signatures is taken', 'given?.signatures.length === 1 ?', 'given ?'],
      [
        'a URL of one user is for every user',
        "tag === '' || equal",
        'tag !== subject || equal',
        ['guard of signed URLs'],
      ],
      [
        'an expiry that was made up is told of',
        'const key = keys.find((one) => equalInConstantTime(mac(one, claim, tag), found));',
        'if (this.clock.now() >= claim.expires * 1_000) throw new SignedUrlExpiredError();\n    const key = keys.find((one) => equalInConstantTime(mac(one, claim, tag), found));',
      ],
      [
        'the prefix of a proxy is not signed',
        'this.options.proxyPrefix + target',
        'target',
        ['guard of signed URLs'],
      ],
    ],
  ),
  ...mutantsOf(
    'signed-urls/canonical-url.ts',
    ['tampered URLs'],
    [
      [
        'parameters of one name may be reordered',
        'a.root < b.root ? -1 : a.root > b.root ? 1 : 0',
        'a.text < b.text ? -1 : 1',
      ],
      [
        'escapes of letters change nothing',
        'UNRESERVED.test(character) ? character : part.toUpperCase()',
        'part.toUpperCase()',
      ],
      [
        'escapes of reserved characters are undone',
        'UNRESERVED.test(character) ? character : part.toUpperCase()',
        'character',
      ],
      [
        'parts of one parameter may be reordered',
        "return name.replace(/^(%5B)+/, '').split(/%5B|%5D|\\./, 1)[0]!;",
        'return name;',
      ],
    ],
  ),
  ...mutantsOf(
    'guards/signed-url.guard.ts',
    ['guard of signed URLs'],
    [
      ['roles of a signed URL are not asked for', 'roles !== null || scopes', 'scopes'],
      ['a recent sign-in is not asked for', ' || recentMs !== null;', ';'],
      ['the public opens what is signed for a user', '      isPublic: false,\n', ''],
    ],
  ),
];
