import { Logger } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { StoreUnavailableError } from '../errors/auth-error.js';
import { membersOf, type HttpClient } from '../http-client/http-client.js';
import { Paced } from '../time/paced.js';
import type { Clock } from '../time/clock.js';
import type { SigningAlgorithm } from './key-options.js';
import { readPublishedKey } from './published-key.js';
import { type VerificationKey, VerificationKeys } from './verification-keys.js';
import { failureMessage } from '../errors/failure-message.js';

/** A JWK set of a dozen RSA keys of 4096 bits is 10 KiB. */
const MAX_BYTES = 256 * 1024;
/** Questions that revocations ask for are at least this far apart. */
const ANNOUNCED_GAP_MS = 5_000;
/** The node of the issuer that answers the first one may not know the new key yet. */
const ANNOUNCED_TIMES = 2;

export interface RemoteKeysRules {
  /** Where the issuer publishes its JWK set (RFC 7517, section 5). */
  readonly url: string;
  readonly algorithms: readonly SigningAlgorithm[];
  /** The least time between two questions, whatever became of the first. */
  readonly cooldownMs: number;
  readonly timeoutMs: number;
  /** Older keys are asked for again, in the background. */
  readonly maxAgeMs: number;
}

/**
 * The keys that an issuer publishes, in this process's memory. It is asked when it starts, when they are `maxAge` old,
 * and for an unknown `kid`; never more than one question at a time, nor one within the cool-down, failed ones included. When
 * the issuer announces that its keys were replaced, it is asked at once, past the cool-down, and once more 5 s later.
 * Known keys go on while the issuer cannot be asked, for as long as that lasts.
 */
export class RemoteKeys extends VerificationKeys {
  private readonly logger = new Logger('ResourceServerModule');
  private byKid: ReadonlyMap<string, VerificationKey> = new Map();
  /** The keys as one text, to tell whether any came, went or changed. */
  private written = '';
  private askedAt = -Infinity;
  private readAt: { readonly monotonic: number; readonly wall: number } | null = null;
  /** Why the last question was not answered; null: it was. */
  private failure: unknown = new Error('the keys were never fetched');
  private asking: Promise<void> | undefined;
  private readonly listeners: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private unfit = '';
  private readonly announced: Paced;

  constructor(
    private readonly rules: RemoteKeysRules,
    private readonly remote: HttpClient,
    private readonly clock: Clock,
  ) {
    super();
    this.announced = new Paced(
      ANNOUNCED_GAP_MS,
      () => this.askPast(),
      () => clock.monotonic(),
    );
  }

  /** The issuer has replaced its keys. However often that is said, it is asked at most once in 5 s for it. */
  replaced(): void {
    this.announced.ask(ANNOUNCED_TIMES);
  }

  /** Asks for the keys, and goes on asking, also when that failed. Never throws. */
  async start(): Promise<void> {
    await this.ask();
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.announced.stop();
  }

  /** How many keys are known, since when, and whether the last question failed. */
  status(): { readonly known: number; readonly ageMs: number | null; readonly failing: boolean } {
    return { known: this.byKid.size, ageMs: this.age(), failing: this.failure !== null };
  }

  override find(kid: string): VerificationKey | undefined | Promise<VerificationKey | undefined> {
    const known = this.byKid.get(kid);
    if (!known) return this.asked(kid);
    if (this.areOld()) void this.ask();
    return known;
  }

  override onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** An unknown key. Throws StoreUnavailableError when the issuer could not be asked: it may well know it. */
  private async asked(kid: string): Promise<VerificationKey | undefined> {
    await this.ask();
    const found = this.byKid.get(kid);
    if (!found && this.failure !== null) throw new StoreUnavailableError({ cause: this.failure });
    return found;
  }

  /** At most one question at a time, and within the cool-down. Never throws. */
  private async ask(): Promise<void> {
    if (!this.asking && this.clock.monotonic() - this.askedAt < this.rules.cooldownMs) return;
    this.asking ??= this.read().finally(() => (this.asking = undefined));
    await this.asking;
  }

  /** Past the cool-down, and past copies that others keep. What is under way may have been answered before. */
  private async askPast(): Promise<void> {
    await this.asking;
    this.asking ??= this.read({ 'cache-control': 'no-cache' }).finally(() => (this.asking = undefined));
    await this.asking;
  }

  private async read(headers: Record<string, string> = {}): Promise<void> {
    const sent = { monotonic: this.clock.monotonic(), wall: this.clock.now() };
    const { url, timeoutMs } = this.rules;
    try {
      const answer = await this.remote.ask(url, { headers }, { timeoutMs, maxBytes: MAX_BYTES });
      const { keys } = membersOf(url, answer);
      if (!Array.isArray(keys)) throw new Error(`${url} answered with something else than a JWK set`);
      this.replace(keys);
      this.readAt = sent;
      if (this.failure !== null && this.byKid.size > 0) this.logger.log('the keys of the issuer are known');
      this.failure = null;
    } catch (error) {
      if (this.failure === null || this.askedAt === -Infinity) {
        const why = failureMessage(error);
        this.logger.warn(`the keys of the issuer cannot be read; the known ones stay in use: ${why}`);
      }
      this.failure = error;
    }
    // From its end: a slow answer must not leave room for the next question at once.
    this.askedAt = this.clock.monotonic();
  }

  private replace(published: readonly unknown[]): void {
    const byKid = new Map<string, VerificationKey>();
    const twice = new Set<string>();
    const unfit: string[] = [];
    for (const [index, jwk] of published.entries()) {
      try {
        const key = readPublishedKey(jwk, `keys[${index}]`, this.rules.algorithms);
        if (byKid.has(key.kid)) twice.add(key.kid);
        byKid.set(key.kid, key);
      } catch (error) {
        if (!(error instanceof AuthConfigError)) throw error;
        unfit.push(error.message);
      }
    }
    // A token does not say which of them it means.
    for (const kid of twice) {
      byKid.delete(kid);
      unfit.push(`"keys" must be keys of different kids (got two of ${kid})`);
    }
    this.warnOf(unfit.join('; '));
    const written = JSON.stringify([...byKid.values()].map(textOf).sort());
    this.byKid = byKid;
    if (written === this.written) return;
    this.written = written;
    for (const listener of this.listeners) listener();
  }

  /** Once for each set of them. */
  private warnOf(unfit: string): void {
    if (unfit !== '' && unfit !== this.unfit)
      this.logger.warn(`keys that ${this.rules.url} publishes are left out: ${unfit}`);
    this.unfit = unfit;
  }

  private areOld(): boolean {
    const age = this.age();
    return age === null || age >= this.rules.maxAgeMs;
  }

  private age(): number | null {
    const { readAt } = this;
    if (readAt === null) return null;
    // A suspended machine stops the monotonic clock.
    return Math.max(this.clock.monotonic() - readAt.monotonic, this.clock.now() - readAt.wall);
  }

  /** By itself as well: tokens that are cached ask for no key, and those of a dropped one must not live on. */
  private schedule(): void {
    if (this.stopped) return;
    const wait = this.failure === null ? this.rules.maxAgeMs : this.rules.cooldownMs;
    this.timer = setTimeout(() => void this.ask().then(() => this.schedule()), wait).unref();
  }
}

function textOf({ kid, alg, verifyWith }: VerificationKey): string {
  return JSON.stringify([kid, alg, verifyWith.export({ format: 'jwk' })]);
}
