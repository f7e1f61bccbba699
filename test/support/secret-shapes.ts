/** What a text must not hold, by name: what we hand out, what it is kept as, and what the tests give as secrets. */
const SHAPES: readonly (readonly [name: string, shape: RegExp])[] = [
  ['a session token', /s2_[\w-]{86}/],
  ['a refresh token', /rt1_[\w-]{91}/],
  ['a client secret', /cs1_[\w-]{43}/],
  ['the token of a link', /a1_[\w-]{64}/],
  ['the link of a handover', /ho1_[\w-]{86}/],
  ['an asker', /a[hk]1_[\w-]{43}/],
  ['the mark of a device', /d1_[\w-]{22}/],
  ['the signature of a URL', /signature=\d+\.[\w-]*\.[\w-]{43}/],
  ['a JWT', /eyJ[\w-]+\.[\w-]+\.[\w-]+/],
  ['a password hash', /\$argon2id?\$/],
  ['a hash in hex', /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/i],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  // Those of `test-app.ts` and `sign-ins.ts`, which is not imported: it would bring the whole application.
  ['the secret', /a secret of at least thirty-two bytes, for tests/],
  ['the password', /correct horse battery/],
];

/** The names of the secrets that a text holds. */
export function secretsIn(text: string): string[] {
  return SHAPES.filter(([, shape]) => shape.test(text)).map(([name]) => name);
}

/** A text with what looks like a secret cut out: fit for a report. */
export function withoutSecrets(text: string): string {
  return SHAPES.reduce((left, [name, shape]) => left.replace(new RegExp(shape, 'gi'), `<${name}>`), text);
}
