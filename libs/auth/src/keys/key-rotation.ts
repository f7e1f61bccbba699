import { createPublicKey } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { Paced } from '../time/paced.js';
import { type KeyRules, type KeySchedule, type ScheduledKey, scheduleOf } from './key-schedule.js';
import type { KeyRing } from './key-ring.js';
import { issuerOfSeal, type PrivateKeyEncryption } from './private-key-encryption.js';
import { generateSigningKey, type SigningKey } from './signing-key.js';
import type { ManagedAlgorithm } from './key-options.js';
import type { SigningKeyReading, SigningKeyStore, StoredKey } from './signing-key-store.js';
import { failureMessage } from '../errors/failure-message.js';

const LONGEST_PAUSE_MS = 30_000;
/** Readings that revocations ask for are at least this far apart. */
const ANNOUNCED_GAP_MS = 1_000;

export interface ManagedKeyRules extends KeyRules {
  readonly alg: ManagedAlgorithm;
}

/**
 * Keeps the ring as the store has it: reads the keys now and then, makes the next one when it is due, seals those anew
 * that a former secret or a former issuer sealed, and drops those whose last token has gone. Everything is decided by the store's clock, and
 * nothing by who comes first: nodes that do the same at the same moment make one key.
 */
export class KeyRotation {
  private readonly logger = new Logger('AuthModule');
  /** Keys that were opened before, by what was opened. */
  private readonly opened = new Map<string, SigningKey>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private failing = false;
  /** Keys that did not open, by kid: each is said once. */
  private readonly closed = new Set<string>();
  private refreshing: Promise<void> | undefined;
  private readonly announced = new Paced(
    ANNOUNCED_GAP_MS,
    () => this.refreshAgain().catch((error: unknown) => this.sayFailed(error)),
    () => performance.now(),
  );

  constructor(
    private readonly store: SigningKeyStore,
    private readonly ring: KeyRing,
    private readonly sealing: PrivateKeyEncryption,
    readonly rules: ManagedKeyRules,
    /** HS256 keys of the secret: what they signed before the first managed key began verifies for as long as it may live. */
    private readonly former: readonly SigningKey[],
    /** Called when this process has replaced every key. */
    private readonly replaced: () => void = () => undefined,
  ) {
    ring.readBy(() => this.refresh());
  }

  /** Reads the keys, or makes the first one. Throws AuthConfigError for keys that no secret opens, StoreUnavailableError. */
  async start(): Promise<void> {
    try {
      await this.refresh();
    } finally {
      this.schedule();
    }
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.announced.stop();
  }

  /** Reads the keys again, and does what is due. Throws as `start` does; the ring then stays as it was. */
  refresh(): Promise<void> {
    this.refreshing ??= this.doWhatIsDue().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** Another process has replaced every key: they are read at once, and at most once a second however often it is said. */
  replacedElsewhere(): void {
    this.announced.ask();
  }

  /** The keys as they are now. */
  async read(): Promise<KeySchedule> {
    return scheduleOf(await this.store.read(), this.rules);
  }

  /** Whether this process can sign with what is stored, as an operator asks: reads, and makes nothing. Throws as `start` does. */
  async check(): Promise<void> {
    this.open(await this.read());
  }

  /** Makes the next key, which begins after `announceMs`; nothing when there is a next one already. */
  async announce(announceMs: number): Promise<void> {
    const reading = await this.store.read();
    const { keys } = scheduleOf(reading, this.rules);
    const newest = keys.at(-1);
    if (newest?.state !== 'next') {
      await this.store.add(
        await this.newKey((newest?.key.id ?? 0) + 1, reading.now + announceMs, reading.now),
      );
    }
    await this.refreshAgain();
  }

  /** A new key signs at once, and every other one is gone with all that it signed. */
  async replaceAll(): Promise<void> {
    const { keys, now } = await this.store.read();
    await this.store.replaceAllBefore(await this.newKey((keys.at(-1)?.id ?? 0) + 1, now, now));
    this.replaced();
    await this.refreshAgain();
  }

  /** What is under way may have read before what was done. */
  private async refreshAgain(): Promise<void> {
    await this.refreshing?.catch(() => undefined);
    await this.refresh();
  }

  private async doWhatIsDue(): Promise<void> {
    let reading = await this.store.read();
    let schedule = scheduleOf(reading, this.rules);
    // Before anything is made: a secret that opens nothing here must not bring a key that no other process can open.
    this.open(schedule);
    if (schedule.due) {
      await this.store.add(await this.newKey(schedule.due.id, schedule.due.beginsAt, reading.now));
      reading = await this.store.read();
      schedule = scheduleOf(reading, this.rules);
    }
    const keys = this.open(schedule);
    this.ring.replace([...keys, ...this.formerOf(reading)]);
    await this.sealAnew(schedule.keys);
    if (schedule.goneUpTo !== null) await this.store.dropUpTo(schedule.goneUpTo);
    if (this.failing) this.logger.log('the signing keys can be read again');
    this.failing = false;
  }

  /** Throws AuthConfigError when the one that signs does not open. Another one is left out, and said. */
  private open({ keys }: KeySchedule): SigningKey[] {
    const ours: SigningKey[] = [];
    for (const { key, state } of keys) {
      const opened = this.openOne(key);
      if (opened) ours.push({ ...opened, state });
      else if (state === 'active') {
        throw new AuthConfigError(this.whyClosed(key));
      } else this.sayClosed(key.kid);
    }
    for (const known of this.opened.keys()) {
      if (!keys.some(({ key }) => known === nameOf(key))) this.opened.delete(known);
    }
    return ours;
  }

  /** A key that signs and does not open: the secret is another one, or the issuer is. */
  private whyClosed({ kid, sealedKey }: StoredKey): string {
    const [is, was] = [JSON.stringify(this.sealing.issuer), issuerOfSeal(sealedKey)];
    const lost =
      'or delete the stored signing keys (the rows of the table auth_signing_key), which makes every access token invalid';
    if (was !== undefined && was !== this.sealing.issuer)
      return `"issuer" must be the one that the signing keys in the database were encrypted for (got ${is}; the key ${kid} is encrypted for ${JSON.stringify(was)}): set it back, or list the former one in "formerIssuers" with an "until" that has not passed, ${lost}`;
    const under = was === undefined ? `, under the same "issuer" (now it is ${is})` : '';
    return `"secret" must contain the secret that encrypted the signing keys in the database${under} (got others: the key ${kid} cannot be decrypted): add the former secret to the list, ${lost}`;
  }

  private openOne(key: StoredKey): SigningKey | undefined {
    const known = this.opened.get(nameOf(key));
    if (known) return known;
    const opened = this.sealing.open(key.sealedKey, key);
    if (!opened) return undefined;
    const { kid } = key;
    const signing: SigningKey = {
      kid,
      alg: key.alg as ManagedAlgorithm,
      state: 'next',
      signWith: opened.privateKey,
      verifyWith: createPublicKey(opened.privateKey),
    };
    // What a former secret sealed, or another issuer, is looked at again, until it is sealed anew.
    if (opened.isCurrent) this.opened.set(nameOf(key), signing);
    return signing;
  }

  private async sealAnew(keys: readonly ScheduledKey[]): Promise<void> {
    for (const { key } of keys) {
      if (this.opened.has(nameOf(key))) continue;
      const opened = this.sealing.open(key.sealedKey, key);
      if (!opened || opened.isCurrent) continue;
      await this.store.reseal(key.id, key.sealedKey, this.sealing.seal(opened.privateKey, key));
    }
  }

  /** Until all that they signed before has expired, by the first key's beginning; gone with that key. */
  private formerOf({ keys, now }: SigningKeyReading): readonly SigningKey[] {
    const first = keys[0];
    if (first?.id !== 1 || now >= first.beginsAt + this.rules.retentionMs) return [];
    return this.former.map((key) => ({ ...key, state: 'retired' as const }));
  }

  private async newKey(id: number, beginsAt: number, createdAt: number): Promise<StoredKey> {
    const { alg } = this.rules;
    const { kid, privateKey } = await generateSigningKey(alg);
    const sealedKey = this.sealing.seal(privateKey, { id, kid, alg, beginsAt });
    return { id, kid, alg, sealedKey, createdAt, beginsAt };
  }

  private schedule(): void {
    if (this.stopped) return;
    // Several readings within the time that a key is announced for; spread, so that nodes do not read together.
    const pause = Math.min(LONGEST_PAUSE_MS, this.rules.announceMs / 4) * (0.9 + Math.random() / 10);
    this.timer = setTimeout(() => {
      void this.refresh()
        .catch((error: unknown) => this.sayFailed(error))
        .finally(() => this.schedule());
    }, pause).unref();
  }

  private sayClosed(kid: string): void {
    if (this.closed.has(kid)) return;
    this.closed.add(kid);
    this.logger.error(
      `the signing key ${kid} cannot be decrypted, and is left out: this process lacks its secret or its issuer, or the row was changed`,
    );
  }

  private sayFailed(error: unknown): void {
    const why = failureMessage(error);
    if (!this.failing)
      this.logger.error(`the signing keys could not be read or rotated; the known ones stay in use: ${why}`);
    this.failing = true;
  }
}

function nameOf({ id, sealedKey }: StoredKey): string {
  return `${id} ${sealedKey}`;
}
