import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Clock } from '../time/clock.js';
import type { SecurityEvent } from './security-event.js';
import { type SecurityEventRecord, SecurityEventStore } from './security-event-store.js';
import { SecurityEventWriter } from './security-event-writer.js';

class Now extends Clock {
  at = 1_000_000;
  now = (): number => this.at;
  monotonic = (): number => this.at;
}

/** A store on another machine: its clock is ahead, and its statements take their time. */
class RemoteStore extends SecurityEventStore {
  ahead = 7_000_000;
  /** How long the next statements are on their way. */
  delays: number[] = [];
  /** How many statements are answered before the store goes away. */
  answers = Infinity;
  readonly batches: (readonly SecurityEventRecord[])[] = [];

  constructor(private readonly clock: Now) {
    super();
  }

  async now(): Promise<number> {
    this.arrive();
    return Math.floor(this.clock.at + this.ahead);
  }

  async append(records: readonly SecurityEventRecord[]): Promise<void> {
    this.arrive();
    this.batches.push(records);
  }

  list = async () => [];
  erase = async () => undefined;
  sweep = async () => 0;

  private arrive(): void {
    this.clock.at += this.delays.shift() ?? 0;
    if (this.answers-- <= 0) throw new Error('away');
  }
}

describe('the times of kept events', () => {
  let clock: Now;
  let store: RemoteStore;
  let writer: SecurityEventWriter;
  let recorded: string[];
  beforeEach(() => {
    Logger.overrideLogger(false);
    clock = new Now();
    store = new RemoteStore(clock);
    writer = new SecurityEventWriter(store, clock);
    recorded = [];
  });

  const record = (event: SecurityEvent): void => {
    recorded.push(event.type);
    writer.record(event);
  };
  const change = (): void => record({ type: 'subject_changed', subject: 'ada', reason: 'roles' });
  const nowhere = { ip: null, userAgent: null };
  const reuse = (): void =>
    record({
      type: 'reuse_detected',
      cause: 'ancestor',
      distance: 2,
      ageMs: 1,
      holder: nowhere,
      subject: 'ada',
      signInId: 'x',
      ...nowhere,
    });
  /** More than a statement holds, within a few milliseconds; reuses are written before the others. */
  const manyAtOnce = (): void => {
    for (let i = 0; i < 60; i++) {
      change();
      if (i % 5 === 0) reuse();
      if (i % 7 === 0) clock.at += 1;
    }
  };
  const kept = (): SecurityEventRecord[] => store.batches.flat();
  /** As a list shows them, the oldest first. */
  const listed = (): string[] =>
    kept()
      .sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1))
      .map(({ type }) => type);

  it('list events as they were recorded, though no statement takes as long as another', async () => {
    manyAtOnce();
    store.delays = [40, 9, 1, 30, 0, 2, 55, 1];
    await writer.flush();
    expect(store.batches.map((batch) => batch.length)).toEqual([50, 5, 5, 5, 5, 1, 1]);
    expect(listed()).toEqual(recorded);
  });

  it('list them as they were recorded when an earlier run was slower', async () => {
    change();
    store.delays = [500];
    await writer.flush();
    reuse();
    await writer.flush();
    expect(listed()).toEqual(recorded);
    expect(kept()[1]!.at).toBe(kept()[0]!.at);
  });

  it('list them as they were recorded when the store went away between two statements', async () => {
    manyAtOnce();
    store.answers = 2;
    await writer.flush();
    expect(store.batches).toHaveLength(1);
    store.answers = Infinity;
    store.delays = [300, 1];
    clock.at += 2_000;
    await writer.flush();
    expect(kept()).toHaveLength(recorded.length);
    expect(listed()).toEqual(recorded);
  });

  it('are never before the change of which an event tells', async () => {
    clock.at += 0.1;
    const changedAt = Math.floor(clock.at + store.ahead);
    change();
    clock.at += 0.8;
    await writer.flush();
    expect(kept()[0]!.at).toBe(changedAt);
    change();
    store.delays = [25];
    await writer.flush();
    expect(kept()[1]!.at).toBe(changedAt + 25);
  });

  it('follow a clock of the store that was set back by more than a minute, and keep the order for less', async () => {
    change();
    await writer.flush();
    store.ahead -= 59_000;
    change();
    await writer.flush();
    expect(kept()[1]!.at).toBe(kept()[0]!.at);
    store.ahead -= 3_600_000;
    for (let i = 0; i < 2; i++) {
      change();
      await writer.flush();
      expect(kept().at(-1)!.at).toBe(Math.floor(clock.at + store.ahead));
    }
  });

  it('are waited for when the store gives none', async () => {
    store.ahead = NaN;
    change();
    await writer.flush();
    expect(kept()).toEqual([]);
    store.ahead = 0;
    await writer.flush();
    expect(kept().map(({ at }) => at)).toEqual([clock.at]);
  });
});
