import { AuthClientError } from 'nestjs-aerie/client';
import { randomText } from '../random-text.js';
import { jsonOf, requestOf, type Visitor } from '../visitor.js';

/** How many tokens the laboratory keeps: the thief needs an old one. */
const MOST_TOKENS = 8;
const REFUSED_WITHIN_MS = 5_000;

/** The server's answer to a request of the laboratory, without any token. */
export interface LabAnswer {
  readonly status: number;
  /** Null: a success. */
  readonly code: string | null;
  /** Generation of the token that came, if one came. */
  readonly generation: number | null;
}

/** How long an end took, from the press of the button. */
export interface EndTimes {
  readonly answeredMs: number;
  /** Null: the access token was still accepted after five seconds. */
  readonly refusedMs: number | null;
}

interface Tokens {
  readonly sign_in_id: string;
  readonly access_token: string;
  readonly refresh_token: string;
}

/** A refresh token and its Idempotency-Key, which is made with it: a retry after a long outage is no theft. */
interface Kept {
  readonly token: string;
  readonly key: string;
}

/**
 * A sign-in with tokens beside the visitor's own, whose tokens the page may copy, repeat and lose. It plays the careful
 * client, the second tab and the thief, so it keeps old tokens, which no client does. They are in private fields, and end
 * with the page.
 */
export class Laboratory {
  readonly #visitor: Visitor;
  readonly #refreshTokens = new Map<number, Kept>();
  #accessToken: string;

  private constructor(
    readonly signInId: string,
    visitor: Visitor,
    tokens: Tokens,
  ) {
    this.#visitor = visitor;
    this.#accessToken = tokens.access_token;
    this.#keep(tokens.refresh_token);
  }

  /** Opens one for a visitor who is signed in. Throws AuthClientError when the server refuses, TypeError when it is away. */
  static async open(visitor: Visitor): Promise<Laboratory> {
    const tokens = (await visitor.ask('POST', '/page/laboratory')) as Tokens;
    return new Laboratory(tokens.sign_in_id, visitor, tokens);
  }

  /**
   * Sends the refresh token of a generation. A refusal of the token is an answer.
   *
   * @throws AuthClientError when the server cannot decide now (429, 503), TypeError when there is no answer.
   */
  async present(generation: number): Promise<LabAnswer> {
    const kept = this.#refreshTokens.get(generation);
    if (!kept) throw new RangeError(`the laboratory has no token of generation ${generation}`);
    const request = requestOf('POST', { refresh_token: kept.token });
    const headers = { ...request.headers, 'Idempotency-Key': kept.key };
    // Without cookies: a refresh token in a cookie and another in the body are refused.
    const response = await fetch('/auth/refresh', { ...request, headers, credentials: 'omit' });
    return this.#decided(response, (body) => {
      const { access_token, refresh_token: successor } = body as Tokens;
      this.#accessToken = access_token;
      return this.#keep(successor);
    });
  }

  /** Asks with the newest access token who the user is. */
  async tryAccessToken(): Promise<LabAnswer> {
    const headers = { Authorization: `Bearer ${this.#accessToken}` };
    return this.#decided(await fetch('/auth/me', { headers, credentials: 'omit' }), () => null);
  }

  /** Ends the sign-in by the visitor's own credential, and measures until its access token is refused. */
  async end(): Promise<EndTimes> {
    const began = performance.now();
    const passed = () => performance.now() - began;
    const failed = new AbortController();
    const refusedMs = this.#refusedAfter(passed, failed.signal).catch(() => null);
    try {
      await this.#visitor.ask('DELETE', `/auth/sign-ins/${this.signInId}`);
      return { answeredMs: passed(), refusedMs: await refusedMs };
    } finally {
      failed.abort();
    }
  }

  /** Tries the access token again and again, one request at a time. Null: it was accepted to the end. */
  async #refusedAfter(passed: () => number, stop: AbortSignal): Promise<number | null> {
    while (!stop.aborted && passed() < REFUSED_WITHIN_MS) {
      const { status } = await this.tryAccessToken();
      if (status === 401) return passed();
    }
    return null;
  }

  async #decided(response: Response, of: (body: unknown) => number | null): Promise<LabAnswer> {
    try {
      const body = await jsonOf(response);
      return { status: response.status, code: null, generation: of(body) };
    } catch (error) {
      const { status, code } = error as AuthClientError;
      if (!(error instanceof AuthClientError) || status !== 401) throw error;
      return { status, code, generation: null };
    }
  }

  #keep(token: string): number {
    const generation = generationOf(token);
    const key = this.#refreshTokens.get(generation)?.key ?? randomText(24);
    this.#refreshTokens.set(generation, { token, key });
    const [oldest] = this.#refreshTokens.keys();
    if (this.#refreshTokens.size > MOST_TOKENS) this.#refreshTokens.delete(oldest!);
    return generation;
  }
}

/** The generation is public: four bytes after the family's id (docs/token-formats.md). */
function generationOf(token: string): number {
  const bytes = atob(token.slice('rt1_'.length).replaceAll('-', '+').replaceAll('_', '/'));
  return [16, 17, 18, 19].reduce((number, at) => number * 256 + bytes.charCodeAt(at), 0);
}
