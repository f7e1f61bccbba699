/** An access token as this server makes them, with a signature that nobody made. */
export function exampleToken(issuer: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  const header = { alg: 'ES256', kid: 'example', typ: 'at+jwt' };
  const claims = {
    iss: issuer,
    aud: issuer,
    sub: 'ada',
    sid: '019e0000-0000-7000-8000-000000000001',
    jti: '019e0000-0000-7000-8000-000000000002',
    iat: seconds - 60,
    exp: seconds + 840,
    auth_time: seconds - 3600,
    amr: ['pwd'],
    roles: ['reader'],
    scope: 'notes:read',
    sep: 0,
    gep: 0,
    gen: 4,
  };
  return `${segment(header)}.${segment(claims)}.${'A'.repeat(86)}`;
}

function segment(value: object): string {
  return btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
