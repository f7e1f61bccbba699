import type { SigningAlgorithm } from 'nestjs-aerie';
import type { Members } from '../access-tokens/forge.js';

/** The algorithms that these tests go through. */
export const INTEROP_ALGORITHMS = [
  'HS256',
  'RS256',
  'PS256',
  'ES256',
  'EdDSA',
] as const satisfies SigningAlgorithm[];
export type InteropAlgorithm = (typeof INTEROP_ALGORITHMS)[number];

/** To verify a token: pinned to one algorithm, issuer and audience. */
export interface VerifyJob {
  readonly do: 'verify';
  readonly token: string;
  readonly alg: string;
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer publishes its keys; the library fetches them, and takes the one of the token's `kid`. */
  readonly jwksUrl: string;
  /** For HS256, whose key is published nowhere. */
  readonly secret?: string;
}

/** To sign claims under a header that names its key (`kid`) and its type (`typ`), or leaves them out. */
export interface SignJob {
  readonly do: 'sign';
  readonly alg: string;
  readonly header: { readonly kid?: string; readonly typ?: string };
  readonly claims: Members;
  /** A private key as PEM (PKCS#8), or the text of a secret; empty for `none`. */
  readonly key: string;
}

/** What came of a job: `refused` is the library's own words. */
export type Outcome =
  | { readonly token: string }
  | { readonly header: Members; readonly claims: Members }
  | { readonly refused: string };

/** A JWT library that is not ours. Jobs are plain JSON: some libraries live in another process, and in another language. */
export interface JwtLibrary {
  readonly name: string;
  /** Algorithms of ours that it does not know. */
  readonly lacks: readonly InteropAlgorithm[];
  /** Wrong tokens that it will not make, by the name of what is wrong (`wrong-tokens.ts`) and the algorithm. */
  readonly makesNone: readonly string[];
  /** One outcome for each job, in their order. */
  answer(jobs: readonly (VerifyJob | SignJob)[]): Promise<readonly Outcome[]>;
}
