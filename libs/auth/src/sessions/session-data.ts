import { isUuid } from '../crypto/uuid.js';
import { SessionDataConflictError, SessionInvalidError } from '../errors/auth-error.js';
import type { SessionStore } from './session-store.js';

const MAX_TRIES = 30;
/** The wait between tries is random and grows, so that many writers of one session do not collide again. */
const PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;

/** The largest that the column holds. */
const MAX_VERSION = 2_147_483_647;

/** The application's own data in a session, and its version. */
export interface SessionDataValue {
  /** A JSON value; null when there is none. */
  readonly value: unknown;
  /** Grows with every write; 0 before the first. */
  readonly version: number;
}

/**
 * The application's own data of a session: one JSON value of less than 64 KiB, which ends with the session. Only the table
 * has it, and only these methods read it. A write never replaces another one without an error. Every method throws
 * SessionInvalidError if the session has ended, has passed a limit or is not known (a sign-in by tokens has no data), and
 * StoreUnavailableError; after that a write may have happened.
 *
 * @throws SessionInvalidError when the session has ended, is past a limit or unknown. A sign-in by tokens has no data.
 * @throws SessionDataConflictError when the data was written meanwhile (`write`; `update` after 30 tries).
 * @throws TypeError for a value that is not JSON, or is 64 KiB or more.
 * @throws StoreUnavailableError when the store cannot answer: a write may have been made.
 * @example
 * ```ts
 * import type { Principal, SessionData } from 'nestjs-aerie';
 *
 * export async function addToCart(data: SessionData, user: Principal, item: string) {
 *   const { value } = await data.update(user.signInId, (cart) => [...((cart as string[] | null) ?? []), item]);
 *   return value;
 * }
 * ```
 */
export class SessionData {
  /** @internal */
  constructor(private readonly store: SessionStore) {}

  /** `signInId`: `principal.signInId` of a session. */
  async read(signInId: string): Promise<SessionDataValue> {
    const reading = isUuid(signInId) ? await this.store.readData(signInId) : null;
    if (!reading) throw new SessionInvalidError();
    const { data, version } = reading;
    return { value: data === null ? null : (JSON.parse(data) as unknown), version };
  }

  /**
   * Replaces the data that was read with this version, and returns the new version. Null erases the data. Throws
   * SessionDataConflictError if the data was written meanwhile; TypeError if the value is no JSON, or is 64 KiB or more.
   */
  async write(signInId: string, value: unknown, version: number): Promise<number> {
    const data = sessionDataText(value);
    if (!Number.isInteger(version) || version < 0 || version >= MAX_VERSION) {
      throw new TypeError('"version" must be the version of the data that was read');
    }
    const outcome = isUuid(signInId) ? await this.store.writeData({ id: signInId, data, version }) : 'ended';
    if (outcome === 'written') return version + 1;
    throw outcome === 'moved' ? new SessionDataConflictError() : new SessionInvalidError();
  }

  /**
   * Reads, calls `change`, and writes. If another request wrote meanwhile, it begins again, so `change` may be called several
   * times and must have no side effects. If `change` throws, nothing is written and the error is passed on. Throws
   * SessionDataConflictError after 30 tries.
   */
  async update(signInId: string, change: (value: unknown) => unknown): Promise<SessionDataValue> {
    for (let tried = 1; ; tried++) {
      const { value, version } = await this.read(signInId);
      const changed = await change(value);
      try {
        return { value: changed, version: await this.write(signInId, changed, version) };
      } catch (error) {
        if (!(error instanceof SessionDataConflictError) || tried >= MAX_TRIES) throw error;
      }
      const pause = Math.random() * Math.min(PAUSE_MS * tried, LONGEST_PAUSE_MS);
      await new Promise((next) => setTimeout(next, pause));
    }
  }
}

/** Of UTF-8, as JSON: what a column of type `text` holds on each database. */
const MAX_BYTES = 65_535;

/**
 * A session's data as it is stored: JSON text, null for null. Throws TypeError for a value that JSON would change (a date, a
 * map, an instance, a number that is not finite, `undefined`), and for 64 KiB or more. A member that is `undefined` is left
 * out.
 */
function sessionDataText(value: unknown): string | null {
  if (value === null) return null;
  let text: string | undefined;
  try {
    text = JSON.stringify(value) as string | undefined;
  } catch (cause) {
    throw new TypeError('the data of a session must be JSON (it refers to itself, or holds a bigint)', {
      cause,
    });
  }
  if (text === undefined || !isJson(value)) {
    throw new TypeError(
      'the data of a session must be JSON: null, texts, finite numbers, true, false, lists, plain objects',
    );
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) {
    throw new TypeError(`the data of a session must be less than 64 KiB of JSON (got ${bytes} bytes)`);
  }
  return text;
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return Array.from(value).every(isJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  // Plain in whatever realm it was made: nothing above its prototype.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false;
  return Object.values(value).every((member) => member === undefined || isJson(member));
}
