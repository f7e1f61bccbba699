import type { RevocationEvent, RevocationLogReading } from 'nestjs-aerie/stores';
import { RevocationLogReader } from '../../libs/auth/src/revocation/revocation-log-reader.js';
import { RevocationLog } from '../../libs/auth/src/revocation/revocation-log.js';
import { RevocationIndex } from '../../libs/auth/src/revocation/revocation-index.js';

const HOUR = 3_600_000;
const BEGINNING = 1_700_000_000_000;

/** How the tables are written; all but the first are wrong, and the model must tell. */
export type Writing = 'deletes and inserts' | 'updates in place' | 'gives ids again';

/** What one actor does next. A transaction takes its id with `begin`, and holds its subject until it ends. */
export type Step =
  | { readonly do: 'begin' | 'commit' | 'roll back'; readonly subject: string }
  | { readonly do: 'change'; readonly subject: string }
  | { readonly do: 'end'; readonly signIn: string }
  | { readonly do: 'pass'; readonly ms: number };

interface Open {
  readonly row: RevocationEvent;
  readonly replaces: readonly number[];
}

/** A table of revocations, transactions on it, and a reader whose every statement is a step of its own. */
export class FeedWorld extends RevocationLog {
  readonly known = new RevocationIndex();
  private readonly rows = new Map<number, RevocationEvent>();
  private readonly open = new Map<string, Open>();
  private last = 0;
  private now = BEGINNING;
  private epoch = 1;
  private asked: (() => void) | null = null;
  private poll: Promise<void> | null = null;
  /** What was committed when the poll under way began. */
  private due: readonly RevocationEvent[] = [];
  private readonly reader: Pick<RevocationLogReader, 'read'>;

  constructor(
    private readonly writing: Writing,
    page: number,
    readerOf: (
      log: RevocationLog,
      clock: { monotonic(): number },
      page: number,
    ) => Pick<RevocationLogReader, 'read'> = (log, clock, size) =>
      new RevocationLogReader(log, 1_000, clock, null, size),
  ) {
    super();
    this.reader = readerOf(this, { monotonic: () => this.now }, page);
  }

  /** Whether it can be taken now: a subject's second transaction waits for the first. */
  canTake(step: Step): boolean {
    if (step.do === 'begin' || step.do === 'change') return !this.open.has(step.subject);
    return true;
  }

  take(step: Step): void {
    if (step.do === 'pass') this.now += step.ms;
    else if (step.do === 'end') this.insert('sign_in', step.signIn, null);
    else if (step.do === 'begin') this.begin(step.subject);
    else if (step.do === 'roll back') this.open.delete(step.subject);
    else {
      if (step.do === 'change') this.begin(step.subject);
      this.commit(step.subject);
    }
  }

  /** Carries out one statement of the reader's. What it must know by then and does not; nothing while it reads. */
  async readerStep(): Promise<string | undefined> {
    if (!this.poll) {
      this.due = [...this.rows.values()];
      let done = false;
      this.poll = this.reader.read().then((reading) => {
        done = true;
        if (typeof reading !== 'string') for (const one of reading.revocations) this.known.add(one);
      });
      this.ended = () => done;
    }
    await settled();
    this.asked?.();
    this.asked = null;
    await settled();
    if (!this.ended()) return undefined;
    this.poll = null;
    return this.missed(this.due);
  }
  private ended: () => boolean = () => false;

  get isReading(): boolean {
    return this.poll !== null;
  }

  readAfter(after: number, limit: number): Promise<RevocationLogReading> {
    return this.statement(({ id }) => id > after, limit);
  }

  readOf(ids: readonly number[]): Promise<RevocationLogReading> {
    return this.statement(({ id }) => ids.includes(id), ids.length);
  }

  /** The first thing that was announced and is not known. */
  private missed(rows: Iterable<RevocationEvent>): string | undefined {
    for (const { kind, value, epoch } of rows) {
      const isKnown = kind === 'sign_in' ? this.known.hasEnded(value) : this.known.epochOf(value) >= epoch!;
      if (!isKnown) return `${kind} ${value} ${epoch ?? ''}`;
    }
    return undefined;
  }

  private statement(which: (row: RevocationEvent) => boolean, limit: number): Promise<RevocationLogReading> {
    return new Promise((resolve) => {
      this.asked = () => {
        const found = [...this.rows.values()].filter(which).sort((a, b) => a.id - b.id);
        resolve({ revocations: found.slice(0, limit), now: this.now });
      };
    });
  }

  private begin(subject: string): void {
    const replaced = [...this.rows.values()].filter(({ value }) => value === subject).map(({ id }) => id);
    const row = this.row('subject_stale', subject, ++this.epoch);
    this.open.set(subject, { row, replaces: replaced });
  }

  private commit(subject: string): void {
    const { row, replaces } = this.open.get(subject)!;
    this.open.delete(subject);
    const [former] = replaces;
    if (this.writing === 'updates in place' && former !== undefined) {
      this.rows.set(former, { ...row, id: former });
      return;
    }
    for (const id of replaces) this.rows.delete(id);
    this.rows.set(row.id, row);
  }

  private insert(kind: 'sign_in', value: string, epoch: number | null): void {
    const row = this.row(kind, value, epoch);
    this.rows.set(row.id, row);
  }

  private row(kind: RevocationEvent['kind'], value: string, epoch: number | null): RevocationEvent {
    return { id: this.nextId(value), kind, value, epoch, createdAt: this.now, expiresAt: this.now + HOUR };
  }

  private nextId(value: string): number {
    if (this.writing !== 'gives ids again') return ++this.last;
    // As SQLite does without AUTOINCREMENT, when the row with the greatest id is deleted first.
    const kept = [...this.rows.values()].filter((row) => row.value !== value).map(({ id }) => id);
    const taken = [...this.open.values()].map(({ row }) => row.id);
    return Math.max(0, ...kept, ...taken) + 1;
  }
}

/** All that a step has set going is done. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
}
