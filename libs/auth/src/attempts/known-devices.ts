import { randomBytes } from 'node:crypto';
import { decodeBase64url } from '../crypto/base64url.js';
import { equalInConstantTime } from '../crypto/constant-time.js';
import type { DerivedKeys } from '../crypto/derived-keys.js';
import { hmacSha256 } from '../crypto/digest.js';
import type { Requester } from '../principal/requester.js';

const PREFIX = 'd1_';
const ID_BYTES = 16;
const DAY_BYTES = 2;
const TAG_BYTES = 16;
const ENTRY_BYTES = DAY_BYTES + TAG_BYTES;
/** Of one browser: those who signed in there last. */
const MOST_SUBJECTS = 5;
const DAY_MS = 24 * 60 * 60_000;

/** How long a device is known after a sign-in. */
export const DEVICE_DAYS = 180;
/** An older mark is made anew at the next sign-in. */
const RENEWED_AFTER_DAYS = 30;

interface Entry {
  readonly day: number;
  readonly tag: Buffer;
}
interface Device {
  readonly id: Buffer;
  readonly entries: readonly Entry[];
}

/** A sign-in in a browser that its user should hear of. */
export interface NewDeviceSignIn {
  /** `new`: its user never signed in with this device; `handover`: an application handed it over, to whatever browser. */
  readonly device: 'new' | 'handover';
  readonly subject: string;
  readonly signInId: string;
  readonly requester: Requester;
}

/**
 * The device cookie: `d1_` and base64url( id 16 | up to five times: day 2, tag 16 bytes ). Each tag is an HMAC over the
 * device's random id, a subject, its credential version and the day: the subject signed in on this device. It is no
 * credential. It says which budget a failed sign-in counts against, and it ends with the subject's credentials.
 */
export class KnownDevices {
  /** The credential version under which a principal's sign-in was opened here. */
  private readonly versions = new WeakMap<object, number>();
  private readonly listeners: ((signIn: NewDeviceSignIn) => void)[] = [];

  constructor(
    private readonly keys: DerivedKeys,
    private readonly clock: { now(): number },
  ) {}

  /** Whether the subject signed in on this device in the last 180 days, and its credentials have not changed since. */
  knows(text: string | undefined, subject: string, credentialVersion: number): boolean {
    return this.entryOf(parsed(text), subject, credentialVersion) !== undefined;
  }

  /** The text of the cookie after a sign-in; null when the present one says so already. */
  after(text: string | undefined, subject: string, credentialVersion: number): string | null {
    const device = parsed(text) ?? { id: randomBytes(ID_BYTES), entries: [] };
    const today = this.today();
    const known = this.entryOf(device, subject, credentialVersion);
    if (known && today - known.day < RENEWED_AFTER_DAYS) return null;
    const tag = this.tags(device.id, subject, credentialVersion, today)[0]!;
    const others = device.entries.filter((entry) => entry !== known && this.isYoung(entry));
    const entries = [{ day: today, tag }, ...others].slice(0, MOST_SUBJECTS);
    const bytes = [device.id, ...entries.flatMap(({ day, tag }) => [dayBytes(day), tag])];
    return PREFIX + Buffer.concat(bytes).toString('base64url');
  }

  /** Calls `listener` with each sign-in of a browser that its user should hear of. */
  onNew(listener: (signIn: NewDeviceSignIn) => void): void {
    this.listeners.push(listener);
  }

  /** Tells of such a sign-in. */
  tellNew(signIn: NewDeviceSignIn): void {
    for (const listener of this.listeners) listener(signIn);
  }

  /** Notes under which credential version a principal's sign-in was opened. */
  note(principal: object, credentialVersion: number | undefined): void {
    if (credentialVersion !== undefined) this.versions.set(principal, credentialVersion);
  }

  /** What was noted; `undefined` for a principal whose sign-in was not opened here. */
  noted(principal: object): number | undefined {
    return this.versions.get(principal);
  }

  private entryOf(device: Device | undefined, subject: string, version: number): Entry | undefined {
    return device?.entries.find(
      (entry) =>
        this.isYoung(entry) &&
        this.tags(device.id, subject, version, entry.day).some((tag) => equalInConstantTime(tag, entry.tag)),
    );
  }

  private isYoung({ day }: Entry): boolean {
    const age = this.today() - day;
    // A clock that was set back a day makes no device unknown.
    return age >= -1 && age < DEVICE_DAYS;
  }

  /** Under every secret: the first one makes tags, all of them check. */
  private tags(id: Buffer, subject: string, version: number, day: number): readonly Buffer[] {
    const label = `${PREFIX}${version}|${day}|`;
    return this.keys
      .everyOf('device')
      .map((key) => hmacSha256(key, label, id, subject).subarray(0, TAG_BYTES));
  }

  private today(): number {
    return Math.floor(this.clock.now() / DAY_MS);
  }
}

/** Its form alone: the tags are checked for a subject. */
function parsed(text: string | undefined): Device | undefined {
  if (!text?.startsWith(PREFIX)) return undefined;
  const bytes = decodeBase64url(text.slice(PREFIX.length));
  if (!bytes || bytes.length < ID_BYTES) return undefined;
  const count = (bytes.length - ID_BYTES) / ENTRY_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > MOST_SUBJECTS) return undefined;
  const entries = Array.from({ length: count }, (_, i): Entry => {
    const at = ID_BYTES + i * ENTRY_BYTES;
    return { day: bytes.readUInt16BE(at), tag: bytes.subarray(at + DAY_BYTES, at + ENTRY_BYTES) };
  });
  return { id: bytes.subarray(0, ID_BYTES), entries };
}

function dayBytes(day: number): Buffer {
  const bytes = Buffer.alloc(DAY_BYTES);
  bytes.writeUInt16BE(day & 0xffff);
  return bytes;
}
