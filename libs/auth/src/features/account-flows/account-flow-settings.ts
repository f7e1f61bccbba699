import { AuthConfigError } from '../../errors/auth-config-error.js';
import { type Duration } from '../../time/duration.js';
import { isFunction, type OptionReader } from '../../validation/option-reader.js';
import type { AccountMailer } from './mail/account-mailer.js';

/** Which flows are on. Literals, beside the factory where there is one: a flow that is off has no route. */
export interface AccountFlowSwitches {
  /** `POST /email/verify/send`, `/email/verify`. Default true. */
  readonly verifyEmail?: boolean;
  /** `POST /password/forgot`, `/password/reset`. Default true. */
  readonly reset?: boolean;
  /** `POST /password`: a signed-in user changes the password. Default true. */
  readonly changePassword?: boolean;
  /** `POST /email/change`, `/email/confirm`, `/email/undo`. Default true. */
  readonly changeEmail?: boolean;
  /** `POST /not-me`: the link in mails about changes. Default true. */
  readonly notMe?: boolean;
  /** A mail about each sign-in of a browser that its user never signed in with, and about each handover, if the address is verified. Default true. */
  readonly newDevice?: boolean;
  /** Sign-in by a link in a mail. Default false. */
  readonly magicLink?: boolean;
  /** Sign-in by a code in a mail. Default false. */
  readonly codes?: boolean;
}

/** Pages of the application that links lead to. What is left out, the feature serves. */
export interface LinkPaths {
  readonly verifyEmail?: string;
  readonly reset?: string;
  readonly magicLink?: string;
  readonly confirmEmail?: string;
  readonly undoEmail?: string;
  readonly notMe?: string;
}

/** Options of `accountFlows()`, by value or by a factory. */
export interface AccountFlowsOptions {
  /** Sends the mails. */
  readonly mailer: AccountMailer;
  readonly links?: {
    /** What links begin with, such as `https://app.example.com`. Never taken from a request. Default: `issuer`. */
    readonly base?: string;
    /** Paths of pages of your own under `base`. They find the token in the fragment: `#token=a1_...`. */
    readonly paths?: LinkPaths;
  };
  /** How long links and codes are good. */
  readonly lifetimes?: {
    /** 10m to 7d. Default `24h`. */
    readonly verifyEmail?: Duration;
    /** 5m to 24h. Default `1h`. */
    readonly reset?: Duration;
    /** 1m to 1h. Default `10m` (OWASP ASVS 5.0, 6.5.5). */
    readonly magicLink?: Duration;
    /** 1m to 1h. Default `10m`. */
    readonly code?: Duration;
    /** Of the link to a new address: 10m to 7d. Default `24h`. */
    readonly changeEmail?: Duration;
    /** Of the links that undo a change of address, and of "this was not me": 1d to 30d. Default `7d`. */
    readonly undo?: Duration;
  };
  /**
   * Gets the work that goes on after an answer: for platforms that freeze a function once it has answered, such as
   * `waitUntil` of their packages. Default: none.
   */
  readonly waitUntil?: (work: Promise<void>) => void;
}

/** The flows that are on, as providers see them. */
export abstract class AccountFlowsOn {
  abstract readonly verifyEmail: boolean;
  abstract readonly reset: boolean;
  abstract readonly changePassword: boolean;
  abstract readonly changeEmail: boolean;
  abstract readonly notMe: boolean;
  abstract readonly newDevice: boolean;
  abstract readonly magicLink: boolean;
  abstract readonly codes: boolean;
}

/** The options as the feature uses them. Also their injection token. */
export abstract class ResolvedAccountFlowsOptions {
  abstract readonly mailer: AccountMailer;
  /** Without a slash at its end; null: the issuer. */
  abstract readonly base: string | null;
  abstract readonly paths: LinkPaths;
  abstract readonly lifetimesMs: {
    readonly verifyEmail: number;
    readonly reset: number;
    readonly magicLink: number;
    readonly code: number;
    readonly changeEmail: number;
    readonly undo: number;
  };
  abstract readonly waitUntil: ((work: Promise<void>) => void) | null;
}

const DEFAULTS: AccountFlowsOn = {
  verifyEmail: true,
  reset: true,
  changePassword: true,
  changeEmail: true,
  notMe: true,
  newDevice: true,
  magicLink: false,
  codes: false,
};
const SWITCHES = Object.keys(DEFAULTS) as (keyof AccountFlowsOn)[];
const PATHS = ['verifyEmail', 'reset', 'magicLink', 'confirmEmail', 'undoEmail', 'notMe'] as const;

/** Takes the switches out of what was given. Throws AuthConfigError for one that is neither true nor false. */
export function switchesOf<T extends object>(given: T): { on: AccountFlowsOn; rest: T } {
  const rest = { ...given } as Record<string, unknown>;
  const on = { ...DEFAULTS } as Record<keyof AccountFlowsOn, boolean>;
  for (const key of SWITCHES) {
    const value = rest[key];
    delete rest[key];
    if (value === undefined) continue;
    if (typeof value !== 'boolean')
      throw new AuthConfigError(`"account-flows.${key}" must be true or false (got ${typeof value})`);
    on[key] = value;
  }
  return { on, rest: rest as T };
}

const isMailer = (value: unknown): value is AccountMailer =>
  typeof value === 'object' && value !== null && isFunction((value as AccountMailer).send);

/** An http(s) URL without credentials, query and fragment. */
const isBase = (value: unknown): value is string => {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '' && !/[?#\s\\]/.test(value);
};
const isPath = (value: unknown): value is string =>
  typeof value === 'string' && /^\/(?!\/)[\w.~!$&'()*+,;=:@%/-]*(\?[\w.~!$&'()*+,;=:@%/?-]*)?$/.test(value);

const A_PATH = 'a path after "links.base", such as "/account/reset": it begins with one "/", and has no "#"';

/** Checks and defaults each option. */
export function resolveAccountFlowsOptions(reader: OptionReader): ResolvedAccountFlowsOptions {
  const late = SWITCHES.find((key) => reader.has(key));
  if (late !== undefined)
    throw new AuthConfigError(
      `"${reader.pathOf(late)}" must be given beside the factory (got it from the factory): routes are made before it runs`,
    );
  const mailer = reader.custom(
    'mailer',
    'an object with send(mail), such as one of a class that extends AccountMailer',
    isMailer,
  );
  const links = reader.nested('links');
  const base = links.custom<string | null>('base', 'an http(s) URL without query and fragment', isBase, null);
  const given = links.nested('paths');
  const paths: Record<string, string> = {};
  for (const key of PATHS) {
    const path = given.custom<string | null>(key, A_PATH, isPath, null);
    if (path !== null) paths[key] = path;
  }
  given.done();
  links.done();
  const times = reader.nested('lifetimes');
  const lifetimesMs = {
    verifyEmail: times.duration('verifyEmail', { default: '24h', min: '10m', max: '7d' }),
    reset: times.duration('reset', { default: '1h', min: '5m', max: '24h' }),
    magicLink: times.duration('magicLink', { default: '10m', min: '1m', max: '1h' }),
    code: times.duration('code', { default: '10m', min: '1m', max: '1h' }),
    changeEmail: times.duration('changeEmail', { default: '24h', min: '10m', max: '7d' }),
    undo: times.duration('undo', { default: '7d', min: '1d', max: '30d' }),
  };
  times.done();
  const waitUntil = reader.custom<((work: Promise<void>) => void) | null>(
    'waitUntil',
    'a function that takes a promise',
    isFunction as unknown as (value: unknown) => value is (work: Promise<void>) => void,
    null,
  );
  return { mailer, base: base?.replace(/\/+$/, '') ?? null, paths, lifetimesMs, waitUntil };
}
