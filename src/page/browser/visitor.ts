import {
  type AuthClient,
  AuthClientError,
  type AuthClientMode,
  createAuthClient,
  type AuthUser,
} from 'nestjs-aerie/client';

const MODES: readonly AuthClientMode[] = ['session', 'tokens', 'hybrid'];
/** The chosen mode alone is stored, so that a reload finds the sign-in again. */
const STORED_MODE = 'mode';

/** The person at the page: one client of the package at a time, in the mode that was chosen at sign-in. */
export class Visitor {
  #mode: AuthClientMode;
  #client: AuthClient;
  #silence: () => void;
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.#mode = MODES.find((mode) => mode === stored()) ?? 'session';
    this.#client = createAuthClient({ mode: this.#mode });
    this.#silence = this.#client.onChange(() => this.#tell());
  }

  get mode(): AuthClientMode {
    return this.#mode;
  }

  get client(): AuthClient {
    return this.#client;
  }

  /** Undefined: not known yet. */
  get user(): AuthUser | null | undefined {
    return this.#client.user;
  }

  /** Calls the listener after each change of the user, also by another tab. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Finds out who is signed in. Throws AuthClientError when the server is away. */
  async restore(): Promise<void> {
    const before = this.#client.user;
    const user = await this.#client.restore();
    // Without a user there is no change to hear of.
    if (before === undefined && user === null) this.#tell();
  }

  /** Signs in by a mode. The page offers it to a visitor who is signed out. */
  async signIn(mode: AuthClientMode, identifier: string, password: string): Promise<void> {
    if (mode !== this.#mode) this.#switchTo(mode);
    await this.#client.signIn({ identifier, password });
  }

  /**
   * A request with the visitor's credential; gives the JSON of the answer.
   *
   * @throws AuthClientError for an answer that is no success, TypeError when there is none.
   */
  async ask(method: string, path: string, body?: object): Promise<unknown> {
    return jsonOf(await this.#client.fetch(path, requestOf(method, body)));
  }

  #switchTo(mode: AuthClientMode): void {
    this.#silence();
    this.#client.close();
    this.#mode = mode;
    store(mode);
    this.#client = createAuthClient({ mode });
    this.#silence = this.#client.onChange(() => this.#tell());
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** A request with a JSON body, if there is one. */
export function requestOf(method: string, body?: object): RequestInit {
  if (!body) return { method };
  return { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** The JSON of a success; null: it has none. Throws AuthClientError for any other answer. */
export async function jsonOf(response: Response): Promise<unknown> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const details = Object(body) as Record<string, unknown>;
  const code = typeof details['code'] === 'string' ? details['code'] : null;
  const message = typeof details['message'] === 'string' ? details['message'] : response.statusText;
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : null;
  throw new AuthClientError(code, message, response.status, retryAfter, details);
}

/** A browser that refuses storage forgets the mode, and nothing else. */
function stored(): string | null {
  try {
    return localStorage.getItem(STORED_MODE);
  } catch {
    return null;
  }
}

function store(mode: AuthClientMode): void {
  try {
    localStorage.setItem(STORED_MODE, mode);
  } catch {
    // The next reload begins with the mode "session".
  }
}
