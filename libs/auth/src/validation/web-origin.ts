import type { OptionReader } from './option-reader.js';

const MAX_LENGTH = 255;
const PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\\]*)(.*)$/is;
/** The URL parser takes stars and other signs for parts of a name. */
const HOST = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d+)?$/i;
/** Schemes of which no page has an origin of its own (HTML, section 7.1.1: it is opaque), or that no page has. */
const WITHOUT_ORIGIN = ['about', 'blob', 'data', 'file', 'javascript'];
const NOT_OF_PAGES: Readonly<Record<string, string>> = { ws: 'http', wss: 'https', ftp: 'https' };

/** An origin as browsers send it in `Origin`, in lower case; or what the text had to be, for an error message. */
export type OriginReading =
  { readonly origin: string; readonly wrong?: never } | { readonly wrong: string; readonly origin?: never };

/**
 * Reads an origin as a person writes it: the name may be internationalised, the default port and one trailing slash may
 * be there. The scheme is http, https, or one of an application's own (`capacitor://localhost`, `app://name`).
 */
export function readOrigin(text: unknown): OriginReading {
  if (typeof text !== 'string' || text === '' || text.length > MAX_LENGTH)
    return { wrong: `a text of 1 to ${MAX_LENGTH} characters such as "https://app.example.com"` };
  if (text.toLowerCase() === 'null')
    return { wrong: 'an origin with a name: every sandboxed page has the origin "null"' };
  if (text.includes('*')) return { wrong: 'one origin, without "*": list each origin by itself' };
  // oxlint-disable-next-line no-control-regex
  if (/[\s\x00-\x1f\x7f]/.test(text)) return { wrong: 'an origin without spaces and control characters' };
  const [, scheme = '', host = '', rest = ''] = PARTS.exec(text) ?? [];
  if (scheme === '') return { wrong: 'an origin with its scheme, such as "https://app.example.com"' };
  const protocol = scheme.toLowerCase();
  if (WITHOUT_ORIGIN.includes(protocol))
    return { wrong: `an origin that browsers send: pages of ${protocol}: send "null"` };
  if (NOT_OF_PAGES[protocol])
    return { wrong: `the origin of a page: with ${NOT_OF_PAGES[protocol]}: in place of ${protocol}:` };
  if (host.includes('@')) return { wrong: 'an origin without a user name and password' };
  if (rest !== '' && rest !== '/')
    return {
      wrong: 'an origin alone, without a path, a query and a fragment, such as "https://app.example.com"',
    };
  if (!URL.canParse(text)) return { wrong: 'an origin with a host name and, if need be, a port' };
  const url = new URL(text);
  if (!HOST.test(url.host)) return { wrong: 'an origin with a host name and, if need be, a port' };
  return { origin: `${url.protocol}//${url.host}`.toLowerCase() };
}

const isList = (v: unknown): v is readonly unknown[] => Array.isArray(v);

/** Reads an option that is a list of origins, in the form in which browsers send them. Default: none. */
export function resolveOrigins(reader: OptionReader, key: string): string[] {
  return reader.custom(key, 'a list of origins', isList, []).map((entry, index) => {
    const { origin, wrong } = readOrigin(entry);
    return origin ?? reader.refuse(`${key}[${index}]`, wrong!, entry);
  });
}
