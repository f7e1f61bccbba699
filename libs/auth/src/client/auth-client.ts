import type { TokenStorage } from './token-storage.js';

/** How a client is signed in: what each mode holds is told in docs/choosing.md. */
export type AuthClientMode = 'session' | 'tokens' | 'hybrid';

/** The user as `GET /auth/me` shows it: the members that the application gives a principal, and these. */
export interface AuthUser {
  readonly id: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly [member: string]: unknown;
}

/** What `createAuthClient` takes. */
export interface AuthClientOptions {
  readonly mode: AuthClientMode;
  /**
   * Origin of the API, such as `https://api.example.com`. Default: the origin of the page. Outside of browsers it is required.
   * A path behind it belongs to every relative URL that `fetch` gets.
   */
  readonly baseUrl?: string;
  /** Path of the built-in routes. Default `/auth`. */
  readonly path?: string;
  /** Other origins whose requests get the access token. Default: none. No other origin ever gets it. */
  readonly origins?: readonly string[];
  /** Where the mode `tokens` keeps its refresh token. Default: memory, which a reload clears. */
  readonly storage?: TokenStorage;
  /**
   * Whether tabs of one browser share the sign-in. Default: true, and false for the mode `tokens`. Set it to true there only if
   * `storage` is shared by the tabs as well.
   */
  readonly tabs?: boolean;
  /** Sends the requests. Default: `fetch` of the platform. */
  readonly fetch?: typeof fetch;
}

/** What a request is sent with, for HTTP clients other than `fetch`. */
export interface AuthorizedRequest {
  /** Empty where a cookie signs the request in, where no user is signed in, and for other origins. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Tells the client that the request was refused with 401, and this `code` in its body. True: the tokens were renewed for the same
   * user, so send the request again, once, with a new `authorize`.
   *
   * @throws AuthClientError when the renewal could not be made; what is held stays.
   */
  refused(code: unknown): Promise<boolean>;
}

/** Listens for another user. `null`: signed out. */
export type AuthListener = (user: AuthUser | null, former: AuthUser | null | undefined) => void;

/**
 * The sign-in of a browser, an application or a command-line tool. All methods can be called at once, any number of times.
 */
export interface AuthClient {
  /** The user. `null`: nobody is signed in. `undefined`: not known yet, see `restore`. */
  readonly user: AuthUser | null | undefined;

  /**
   * Finds out who is signed in, when a page loads: asks the server, unless it is known. Gives the user, or null.
   *
   * @throws AuthClientError when the server or the storage cannot answer. The sign-in is kept; `user` stays as it was.
   */
  restore(): Promise<AuthUser | null>;

  /**
   * Signs in. `route` is another route that answers as the login does, such as `code` or `magic` of the account flows.
   *
   * @throws AuthClientError with the `code` of the server's refusal, or AUTH_CLIENT_UNREACHABLE.
   */
  signIn(body: Readonly<Record<string, unknown>>, route?: string): Promise<AuthUser>;

  /**
   * Confirms the user, as AUTH_RECENT_SIGN_IN_REQUIRED asks for: `{ password }`. `route` is another route that answers with this
   * sign-in renewed, such as `password` (`{ current_password, password }`).
   *
   * @throws AuthClientError with the `code` of the server's refusal, or AUTH_CLIENT_UNREACHABLE.
   */
  stepUp(body: Readonly<Record<string, unknown>>, route?: string): Promise<AuthUser>;

  /**
   * Signs out: at once in every tab, then on the server.
   *
   * @throws AuthClientError when the server was not reached: this device is signed out, and the sign-in still lives on the server.
   * Call `signOut` again to end it; `restore` and `signIn` do so first.
   */
  signOut(): Promise<void>;

  /**
   * Asks the server anew, whatever is known: gets new tokens, or the user of the session. Calls at the same time share one request.
   *
   * @throws AuthClientError when the server or the storage cannot answer. What is held stays.
   */
  refresh(): Promise<AuthUser | null>;

  /**
   * As `fetch` of the platform, with the access token or the cookie. After a 401 that a new token cures, it refreshes and sends the
   * request again, once. Relative URLs start at `baseUrl`.
   *
   * @throws AuthClientError when a refresh was needed and could not be made. A refusal of the request itself is an answer.
   * @throws TypeError as `fetch` does, when the request itself fails.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;

  /**
   * The headers of a request to this URL, for other HTTP clients. An expired token is refreshed first.
   *
   * @throws AuthClientError when a refresh was needed and could not be made.
   */
  authorize(url: string | URL): Promise<AuthorizedRequest>;

  /** Calls `listener` after each change of the user, in whichever tab it was made. Gives a function that ends this. */
  onChange(listener: AuthListener): () => void;

  /** Stops listening to other tabs, and cancels what runs. The sign-in stays. */
  close(): void;
}
