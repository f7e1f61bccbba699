import { instantOption } from './instant-option.js';
import { OptionReader } from './option-reader.js';

/** An earlier value of the application's `issuer`, such as the address under its former domain. */
export interface FormerIssuerOption {
  /** Exactly as the `issuer` option said it. */
  readonly issuer: string;
  /**
   * ISO 8601 in UTC, at most 366 days away: until then the tokens and seals of that issuer are good. Longer than the longest
   * sign-in (`refreshTokens.absolute`) keeps all users signed in.
   */
  readonly until: string;
}

/** A former issuer as it was read from the options. */
export interface FormerIssuer {
  readonly issuer: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

const MOST = 10;

const isIssuer = (v: unknown): v is string =>
  typeof v === 'string' && v.length <= 255 && URL.canParse(v) && /^https?:\/\/[^?#]+$/.test(v);
const isList = (v: unknown): v is readonly unknown[] => Array.isArray(v) && v.length <= MOST;

/** Reads `formerIssuers`. Throws AuthConfigError: for one that is the issuer of now, or is there twice, too. */
export function resolveFormerIssuers(
  reader: OptionReader,
  issuer: string,
  now: number,
): readonly FormerIssuer[] {
  const list = reader.custom('formerIssuers', `a list of at most ${MOST} { issuer, until }`, isList, []);
  const seen = new Set([issuer]);
  return list.map((given, index) => {
    const entry = new OptionReader(given, reader.pathOf(`formerIssuers[${index}]`));
    const former = entry.custom('issuer', 'the http(s) URL that "issuer" was', isIssuer);
    const until = instantOption(entry, 'until', now);
    entry.done();
    if (seen.has(former)) entry.refuse('issuer', 'another one than "issuer", and listed once', former);
    seen.add(former);
    return { issuer: former, until };
  });
}
