import type { SignInMode } from '../../options/auth-options.js';
import type { Principal } from '../../principal/principal.js';
import { localPath } from '../../http/local-path.js';
import { isFunction, type OptionReader } from '../../validation/option-reader.js';

/** Options of `handover()`. */
export interface HandoverOptions {
  /**
   * The address under which browsers reach the application, such as `https://app.example.com`: links begin with it. Default:
   * the issuer. A link is never made from a request's `Host` header.
   */
  readonly base?: string;
  /** Where the browser goes once the user is signed in, unless the application asks for another path. Default `/`. */
  readonly target?: string;
  /** How the browser holds the sign-in. Default: the module's `defaultMode`; `session` where that is `tokens`. */
  readonly mode?: Exclude<SignInMode, 'tokens'>;
  /** The name of an account, as the page shows it. Default: the principal's `email`, `username` or `name`, else its id. */
  readonly accountName?: (user: Principal) => string;
}

/** The options as the feature uses them. Also their injection token. */
export abstract class ResolvedHandoverOptions {
  /** Without a trailing slash; null: the issuer. */
  abstract readonly base: string | null;
  abstract readonly target: string;
  /** Null: as `defaultMode` says. */
  abstract readonly mode: 'session' | 'hybrid' | null;
  abstract readonly accountName: (user: Principal) => string;
}

/** Whether links can begin with it: http or https, and no query, fragment or user. */
function isBase(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '' && !/[?#]/.test(value);
}

const isTarget = (value: unknown): value is string => {
  try {
    return localPath(value) !== '';
  } catch {
    return false;
  }
};

/** Checks each option. */
export function resolveHandoverOptions(reader: OptionReader): ResolvedHandoverOptions {
  const base = reader.custom<string | null>(
    'base',
    'the http or https address of the application, without a query',
    isBase,
    null,
  );
  const target = reader.custom('target', 'a path of the application, such as "/"', isTarget, '/');
  const mode = reader.has('mode') ? reader.oneOf('mode', ['session', 'hybrid'], 'session') : null;
  const accountName = reader.custom('accountName', 'a function', isFunction, usualName as never) as (
    user: Principal,
  ) => string;
  return { base: base?.replace(/\/+$/, '') ?? null, target, mode, accountName };
}

function usualName(user: Principal): string {
  const { email, username, name } = user as unknown as Readonly<Record<string, unknown>>;
  const named = [email, username, name].find((one) => typeof one === 'string' && one !== '');
  return (named as string | undefined) ?? user.id;
}
