import { Logger, type BeforeApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import type { SecurityEventSink } from '../../../audit/security-event.js';
import { addressPrefix } from '../../../principal/address-prefix.js';
import type { Requester } from '../../../principal/requester.js';
import { inTime } from '../../../time/deadline.js';
import type { AccountMail, AccountMailer, AccountMailKind } from './account-mailer.js';

/** Mails that wait, are being sent or will be tried again, of all clients and of one address. */
const MOST = 1_000;
const MOST_OF_ADDRESS = 100;
const MOST_AT_ONCE = 8;
const SEND_DEADLINE_MS = 30_000;
const DRAIN_MS = 10_000;
/** Before the second and the third try. */
const PAUSES_MS = [5_000, 60_000] as const;

/** Tells whether a mail was sent, after up to three tries. Never throws. */
export type SendMail = (mail: AccountMail) => Promise<boolean>;

/** What is done after an answer: it finds out whether there is anything to send, and sends it. */
export interface MailWork {
  readonly kind: AccountMailKind;
  /** Of whom an event tells, if the work cannot be done; null: not known yet. */
  readonly subject: string | null;
  readonly requester: Requester;
  /** Called once more, twice at most, if it throws before it has sent anything. */
  run(send: SendMail): Promise<void>;
}

type LostBecause = 'full' | 'failed' | 'shutdown';

/**
 * Work that goes on after an answer, in the memory of this process. Addresses take turns, so that one that asks without end
 * delays nobody else; a bound holds for each and for all. What is given up is an event.
 */
export class MailQueue implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger('AuthModule');
  private readonly waiting = new Map<string, MailWork[]>();
  /** Paused work that may go on. */
  private readonly returning: (() => void)[] = [];
  private readonly ofAddress = new Map<string, number>();
  private readonly done = new WeakMap<MailWork, () => void>();
  /** Work that was taken on and is not done. */
  private readonly all = new Set<MailWork>();
  /** Ends each pause. */
  private readonly pauses = new Set<() => void>();
  /** At shutdown: by the monotonic clock, until when it is waited for work; null before. */
  private drainUntil: number | null = null;
  private atWork = 0;
  private isClosed = false;
  private isStarting = false;

  constructor(
    private readonly mailer: AccountMailer,
    private readonly events: SecurityEventSink,
    private readonly waitUntil: ((work: Promise<void>) => void) | null,
  ) {}

  /** Takes work on, to begin once the present request was answered. Never throws: what finds no place is an event. */
  add(work: MailWork): void {
    const place = placeOf(work);
    const ofAddress = this.ofAddress.get(place) ?? 0;
    if (this.isClosed) return this.lost(work, 'shutdown');
    if (this.all.size >= MOST || ofAddress >= MOST_OF_ADDRESS) return this.lost(work, 'full');
    this.all.add(work);
    this.ofAddress.set(place, ofAddress + 1);
    const line = this.waiting.get(place);
    if (line) line.push(work);
    else this.waiting.set(place, [work]);
    this.tellPlatform(work);
    this.startSoon();
  }

  async onModuleDestroy(): Promise<void> {
    this.drainUntil = performance.now() + DRAIN_MS;
    for (const end of this.pauses) end();
    await this.drained();
  }

  /** What came in meanwhile, from requests that were answered last. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.drained();
    this.isClosed = true;
    for (const work of this.all) this.lost(work, 'shutdown');
    this.waiting.clear();
  }

  private async drained(): Promise<void> {
    while (this.all.size > 0 && performance.now() < (this.drainUntil ?? 0))
      await new Promise((look) => setTimeout(look, 10));
  }

  private tellPlatform(work: MailWork): void {
    if (!this.waitUntil) return;
    const finished = new Promise<void>((resolve) => this.done.set(work, resolve));
    try {
      this.waitUntil(finished);
    } catch (error) {
      this.logger.error(`"account-flows.waitUntil" failed: ${nameOf(error)}`);
    }
  }

  /** In a turn of the event loop of its own: the answer comes first. */
  private startSoon(): void {
    if (this.isStarting) return;
    this.isStarting = true;
    setImmediate(() => {
      this.isStarting = false;
      this.start();
    });
  }

  private start(): void {
    while (this.atWork < MOST_AT_ONCE) {
      const goesOn = this.returning.shift();
      const next = goesOn ? undefined : this.next();
      if (!goesOn && !next) return;
      this.atWork += 1;
      if (goesOn) goesOn();
      else void this.work(next!);
    }
  }

  /** The first of the address whose turn it is. */
  private next(): MailWork | undefined {
    const [turn] = this.waiting;
    if (!turn) return undefined;
    const [place, line] = turn;
    this.waiting.delete(place);
    const next = line.shift();
    if (line.length > 0) this.waiting.set(place, line);
    return next;
  }

  private async work(work: MailWork): Promise<void> {
    let hasSent = false;
    const send: SendMail = (mail) => {
      hasSent = true;
      return this.send(work, mail);
    };
    try {
      await this.tried(
        () => work.run(send),
        () => !hasSent,
      );
    } catch (error) {
      if (!this.isClosed) this.lost(work, 'failed', error);
    } finally {
      const place = placeOf(work);
      const left = this.ofAddress.get(place)! - 1;
      if (left === 0) this.ofAddress.delete(place);
      else this.ofAddress.set(place, left);
      this.all.delete(work);
      this.atWork -= 1;
      this.done.get(work)?.();
      this.start();
    }
  }

  private async send(work: MailWork, mail: AccountMail): Promise<boolean> {
    try {
      // A mailer that throws in place of a rejection is caught as well.
      await this.tried(async () => inTime(SEND_DEADLINE_MS, Promise.resolve(this.mailer.send(mail))));
      return true;
    } catch (error) {
      // At the end of a shutdown it was told already.
      if (!this.isClosed) this.lost({ ...work, kind: mail.kind }, 'failed', error);
      return false;
    }
  }

  /** Three times, without a place while it waits. Throws what the last try threw. */
  private async tried(run: () => Promise<void>, mayRepeat: () => boolean = () => true): Promise<void> {
    for (const ms of [...PAUSES_MS, null]) {
      try {
        return await run();
      } catch (error) {
        if (ms === null || !mayRepeat()) throw error;
        this.atWork -= 1;
        this.start();
        await this.pause(ms);
        await new Promise<void>((goesOn) => {
          this.returning.push(goesOn);
          this.startSoon();
        });
      }
    }
  }

  /** At shutdown there is none. */
  private async pause(ms: number): Promise<void> {
    if (this.drainUntil !== null) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.pauses.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.pauses.add(end);
    });
  }

  /** No text of an error: it may hold the link, the code or the address. */
  private lost({ kind, subject, requester }: MailWork, reason: LostBecause, error?: unknown): void {
    const { ip, userAgent } = requester;
    const why = error === undefined ? '' : `: ${nameOf(error)}`;
    this.logger.error(`a mail (${kind}) was not sent, ${TOLD[reason]}${why}`);
    this.events.record({ type: 'account-flows.mail_lost', subject, reason, kind, ip, userAgent });
  }
}

const TOLD: Readonly<Record<LostBecause, string>> = {
  full: 'too many wait already',
  failed: 'in three tries',
  shutdown: 'the application has shut down',
};

/** Requests whose address tells nothing share one place. */
function placeOf({ requester }: MailWork): string {
  return requester.sharesAddress ? '' : (addressPrefix(requester.ip) ?? '');
}

/** The class and the code of an error, such as `Error ECONNREFUSED`. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'not an Error';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[\w-]{1,40}$/.test(code) ? `${error.name} ${code}` : error.name;
}
