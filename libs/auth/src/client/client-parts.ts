import type { AuthClientMode } from './auth-client.js';
import type { BrowserRecords } from './browser-record.js';
import type { KeptTokens } from './kept-token.js';
import type { Platform } from './platform.js';
import type { Answer, AuthRequest } from './requests.js';
import type { SharedState } from './shared-state.js';
import type { Turns } from './turns.js';

/** What the parts of a client share. */
export interface ClientParts {
  readonly mode: AuthClientMode;
  /** Whether the browser keeps what renews the sign-in. */
  readonly byCookie: boolean;
  readonly platform: Platform;
  readonly shared: SharedState;
  readonly records: BrowserRecords;
  readonly kept: KeptTokens;
  readonly turn: Turns;
  /** Asks one of the built-in routes. */
  ask(route: string, request: AuthRequest): Promise<Answer>;
}
