import type { ResolvedAuthOptions } from '../../options/resolve-auth-options.js';
import { inWords } from '../instants.js';
import { error, type Finding, note, warning } from './finding.js';
import { weaknessOf } from './secret-strength.js';

const MAKE_ONE = 'make one with: npx nestjs-aerie secret';
/** OWASP's weakest advice for argon2id: 7 MiB and five passes. */
const LEAST_KIB_PASSES = 35_840;
const HOUR_MS = 3_600_000;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Settings that are allowed, and weaker than they should be. `isProduction`: what is fine on a developer's machine is not. */
export function weakSettings(options: ResolvedAuthOptions, isProduction: boolean, now: number): Finding[] {
  const graver = isProduction ? error : warning;
  return [
    ...secretsOf(options, graver),
    ...originsOf(options, isProduction),
    ...cookiesOf(options, graver),
    ...tokensOf(options, now),
    ...restOf(options, now),
  ];
}

function secretsOf({ secrets, keys }: ResolvedAuthOptions, graver: typeof error): Finding[] {
  const named = secrets.map(
    (secret, i) => [secrets.length > 1 ? `"secret"[${i}]` : '"secret"', secret] as const,
  );
  const ofKeys = (typeof keys === 'string' ? [] : keys).flatMap(({ secret }, i) =>
    secret === undefined ? [] : [[`"keys[${i}].secret"`, secret] as const],
  );
  return [
    ...[...named, ...ofKeys].flatMap(([name, secret]) => {
      const weakness = weaknessOf(secret);
      return weakness === null
        ? []
        : [
            graver(
              'weak-secret',
              `${name} can be guessed: ${weakness}, and who knows it signs in as anybody; ${MAKE_ONE}`,
            ),
          ];
    }),
    ...(secrets.length > 2
      ? [
          note(
            'former-secrets',
            `"secret" is a list of ${secrets.length}: drop those that nothing is signed with any more`,
          ),
        ]
      : []),
    ...(keys === 'secret'
      ? [
          note(
            'keys-by-secret',
            '"keys" is "secret": other services can verify tokens only with the secret, and so could sign them',
          ),
        ]
      : []),
  ];
}

function originsOf({ issuer, origins }: ResolvedAuthOptions, isProduction: boolean): Finding[] {
  const { protocol, hostname } = new URL(issuer);
  const isLocal = LOOPBACK.test(hostname);
  const found: Finding[] = [];
  if (isProduction && isLocal)
    found.push(
      error(
        'issuer-loopback',
        `"issuer" is ${issuer}, the address of this machine, which no other one can reach: give the application's public address`,
      ),
    );
  else if (protocol === 'http:' && !isLocal)
    found.push(
      error(
        'issuer-http',
        `"issuer" is ${issuer}: without https everybody on the way reads passwords and tokens`,
      ),
    );
  if (isProduction && /(^|\.)example(\.(com|org|net))?$/.test(hostname))
    found.push(warning('issuer-example', `"issuer" is ${issuer}, an address of examples`));
  for (const origin of origins.slice(1)) {
    const there = URL.canParse(origin) ? new URL(origin) : null;
    if (there?.protocol !== 'http:') continue;
    if (!LOOPBACK.test(there.hostname))
      found.push(
        warning(
          'origin-http',
          `"trustedOrigins" has ${origin}: without https anybody on the way can write its pages`,
        ),
      );
    else if (isProduction)
      found.push(
        warning('origin-loopback', `"trustedOrigins" has ${origin}: a page on each user's own machine`),
      );
  }
  return found;
}

function cookiesOf({ cookies }: ResolvedAuthOptions, graver: typeof error): Finding[] {
  return (['session', 'refresh'] as const).flatMap((kind) => {
    const { secure, sameSite, domain, name, path } = cookies[kind];
    const found: Finding[] = [];
    if (!secure)
      found.push(
        graver(
          'cookie-not-secure',
          `"cookies.${kind}.secure" is false: the cookie also travels without https`,
        ),
      );
    if (sameSite === 'none' && !cookies.partitioned)
      found.push(
        warning(
          'cookie-cross-site',
          `"cookies.${kind}.sameSite" is "none": browsers send the cookie with requests of other sites, and only the check of the origin is left`,
        ),
      );
    if (domain !== null)
      found.push(
        warning(
          'cookie-domain',
          `"cookies.${kind}.domain" is ${domain}: every subdomain gets the cookie, and can plant one`,
        ),
      );
    else if (secure && path === '/' && !/^__Host-/i.test(name))
      found.push(
        note(
          'cookie-name',
          `"cookies.${kind}.name" is ${name}: under a name with __Host- no subdomain can plant the cookie`,
        ),
      );
    return found;
  });
}

function tokensOf({ accessTokens, refreshTokens, revocation }: ResolvedAuthOptions, now: number): Finding[] {
  const { lifetimeMs } = accessTokens;
  const found: Finding[] = [];
  if (revocation.mode === 'none')
    found.push(
      warning(
        'no-revocation',
        `"revocation.mode" is "none": an access token is good for up to ${inWords(lifetimeMs)} after its sign-in has ended`,
      ),
    );
  if (revocation.onUnavailable === 'allow')
    found.push(
      warning(
        'revoked-allowed',
        '"revocation.onUnavailable" is "allow": while the stores are away, tokens that were revoked are good',
      ),
    );
  if (lifetimeMs > HOUR_MS)
    found.push(
      warning(
        'long-access-tokens',
        `"accessTokens.lifetime" is ${inWords(lifetimeMs)}: services without a revocation feed take a stolen token for so long`,
      ),
    );
  if (refreshTokens.acceptAheadUntil !== null && refreshTokens.acceptAheadUntil > now)
    found.push(
      warning(
        'accepts-ahead',
        `"refreshTokens.acceptAheadUntil" is open for ${inWords(refreshTokens.acceptAheadUntil - now)}: close it when the incident is over`,
      ),
    );
  return found;
}

function restOf(
  { credentials, formerIssuers, sweepIntervalMs }: ResolvedAuthOptions,
  now: number,
): Finding[] {
  const found: Finding[] = [];
  if (credentials.memoryKiB * credentials.passes < LEAST_KIB_PASSES)
    found.push(
      warning(
        'weak-hashing',
        `"credentials" asks for ${credentials.memoryKiB} KiB and ${credentials.passes} passes: that is less than OWASP advises, such as 19456 KiB and 2 passes`,
      ),
    );
  for (const { issuer } of formerIssuers.filter(({ until }) => until <= now))
    found.push(warning('former-issuer', `"formerIssuers" has ${issuer}, whose time is over: remove it`));
  if (sweepIntervalMs === null)
    found.push(
      note(
        'no-sweep',
        '"sweepInterval" is false: the application must call AuthenticationService.sweep() itself',
      ),
    );
  return found;
}
