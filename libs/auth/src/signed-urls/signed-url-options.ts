import type { OptionReader } from '../validation/option-reader.js';

/** Options under `signedUrls`. */
export interface SignedUrlOptions {
  /**
   * The start of the path that a proxy removes, such as `/api`: clients ask for `/api/files/7`, and this application sees
   * `/files/7`. Sign the URL that clients use. Default: none.
   */
  readonly proxyPrefix?: string;
}

export interface ResolvedSignedUrlOptions {
  /** Empty, or with a leading and without a trailing slash. */
  readonly proxyPrefix: string;
}

const PREFIX = /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+$/;
const isPrefix = (v: unknown): v is string => typeof v === 'string' && v.length <= 255 && PREFIX.test(v);

export function resolveSignedUrlOptions(reader: OptionReader): ResolvedSignedUrlOptions {
  const proxyPrefix = reader.custom('proxyPrefix', 'a path such as "/api"', isPrefix, '');
  reader.done();
  return { proxyPrefix };
}
