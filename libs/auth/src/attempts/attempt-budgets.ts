import { addressPrefixes } from '../principal/address-prefix.js';
import type { Requester } from '../principal/requester.js';
import { type AttemptKeys, countedForm } from './attempt-keys.js';
import type { ResolvedAttemptOptions } from './attempt-options.js';

/** What is tried. Each has counters of its own, but `step-up` and `current-password` share one: both ask for the password. */
export type AttemptPurpose =
  | 'sign-in'
  | 'refresh'
  | 'code'
  | 'action-token'
  | 'mail'
  | 'notice'
  | 'step-up'
  | 'current-password'
  | 'client';

/** Whose try it is. Give what the purpose knows; the counters of what is left out are not asked. */
export interface AttemptSource {
  /** As typed. For `client`: the client's id. */
  readonly identifier?: string;
  /** The subject that the identifier leads to; null: none, and an invented one is counted in its place. */
  readonly subject?: string | null;
  /** The subject's `credentialVersion`, by which its known devices are told; without it no device is known. */
  readonly credentialVersion?: number;
  /** The sign-in that asks, for `step-up` and `current-password`. */
  readonly signInId?: string;
  /** The browser or application that asked for the code. */
  readonly asker?: string;
  /** The presented token, for `refresh`. */
  readonly token?: string;
  readonly requester: Requester;
}

/** Which budget was used up. */
export type BudgetName =
  | 'account-and-address'
  | 'address'
  | 'unknown-devices'
  | 'known-devices'
  | 'signed-in'
  | 'asker'
  | 'subject'
  | 'application'
  | 'token';

/** One counter of a try, and how many units it has. */
export interface Budget {
  readonly name: BudgetName;
  readonly id: string;
  readonly limit: number;
  readonly windowMs: number;
  /** What a success gives back: its own unit, every unit, or nothing. */
  readonly onSuccess: 'unit' | 'all' | 'nothing';
  /** Past the limit tries are admitted one by one, after a wait that grows. */
  readonly slows?: true;
}

const QUARTER_MS = 15 * 60_000;
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** Mails in an hour that tell a user of changes. The links of the first ones stay good. */
const NOTICES = 10;
/** Of the /64, the /56 and the /48 of an IPv6 address. */
const SHARES = [1, 3, 10] as const;
/** Of so many sign-ins of one subject the wrong passwords are admitted. */
const SIGN_INS = 3;
/** Uses of one dead token, in 15 minutes and in this process: more than uses of a good one may wait. */
const REFRESHES = 100;

const LOOPBACK = /^(127\.|(::ffff:)?127\.|::1$)/i;

/** The counters that a try takes a unit of. */
export function budgetsOf(
  purpose: AttemptPurpose,
  source: AttemptSource,
  isKnownDevice: boolean,
  keys: AttemptKeys,
  options: ResolvedAttemptOptions,
): readonly Budget[] {
  const { requester, asker, token, signInId, subject } = source;
  const networks = requester.sharesAddress ? [] : addressPrefixes(requester.ip);
  // Nothing but processes of this machine has it: a proxy without headers, a test, a developer.
  const counted = requester.ip !== null && LOOPBACK.test(requester.ip) ? [] : networks;
  const ofAddress = (limit: number, onSuccess: Budget['onSuccess'] = 'nothing'): Budget[] =>
    counted.map((network, i) => ({
      name: 'address',
      id: keys.idOf(purpose, 'address', network),
      limit: limit * SHARES[i]!,
      windowMs: HOUR_MS,
      onSuccess,
    }));
  const budget = (name: BudgetName, limit: number, windowMs: number, ...id: readonly string[]): Budget => ({
    name,
    id: keys.idOf(...id),
    limit,
    windowMs,
    onSuccess: 'unit',
  });
  const accounts = accountsOf(source);
  const pairs = accounts.flatMap((account) =>
    networks
      .slice(0, 1)
      .map((network) =>
        budget('account-and-address', options.accountAndAddress, QUARTER_MS, purpose, ...account, network),
      ),
  );
  switch (purpose) {
    case 'sign-in':
      if (isKnownDevice && subject)
        return [budget('known-devices', options.knownDevices, HOUR_MS, purpose, 'known', subject)];
      return [
        ...pairs,
        ...ofAddress(options.address),
        ...accounts.map((account): Budget => ({
          ...budget('unknown-devices', options.unknownDevices, DAY_MS, purpose, 'unknown', ...account),
          onSuccess: 'all',
          slows: true,
        })),
      ];
    case 'client':
      return [
        ...pairs.map((pair): Budget => ({ ...pair, onSuccess: 'unit' })),
        ...ofAddress(options.address, 'unit'),
      ];
    case 'refresh':
      return token === undefined ? [] : [budget('token', REFRESHES, QUARTER_MS, purpose, token)];
    case 'code':
      return [
        ...(asker === undefined ? [] : [budget('asker', options.codes, QUARTER_MS, purpose, 'asker', asker)]),
        ...ofAddress(options.address),
      ];
    case 'action-token':
      return ofAddress(options.address);
    case 'notice':
      return subject ? [budget('subject', NOTICES, HOUR_MS, purpose, subject)] : [];
    case 'mail':
      return [
        // A stranger who asks without end leaves the devices of the user theirs.
        ...(isKnownDevice && subject
          ? [budget('known-devices', options.mails.subject, HOUR_MS, purpose, 'known', subject)]
          : accounts.map((account) =>
              budget('subject', options.mails.subject, HOUR_MS, purpose, ...account),
            )),
        ...ofAddress(options.mails.address),
        budget('application', options.mails.application, HOUR_MS, purpose, 'application'),
      ];
    case 'step-up':
    case 'current-password':
      return [
        ...(signInId === undefined
          ? []
          : [budget('signed-in', options.signedIn, HOUR_MS, 'signed-in', signInId)]),
        // A thief of one sign-in may open others from it.
        ...(subject
          ? [budget('signed-in', options.signedIn * SIGN_INS, HOUR_MS, 'signed-in', 'subject', subject)]
          : []),
      ];
  }
}

/** The account of a try, once as typed and once by its subject: another spelling has no fresh budget. */
function accountsOf({ identifier, subject }: AttemptSource): readonly (readonly [string, string])[] {
  const typed = identifier === undefined ? null : countedForm(identifier);
  const accounts: [string, string][] = [];
  if (typed !== null) accounts.push(['identifier', typed]);
  if (subject !== undefined && subject !== null) accounts.push(['subject', subject]);
  // As many counters as for a name that leads somewhere: neither answer nor time tells them apart.
  else if (subject === null && typed !== null) accounts.push(['nobody', typed]);
  return accounts;
}
