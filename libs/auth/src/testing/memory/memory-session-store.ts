import { isLive } from '../../subjects/sign-in-limit.js';
import { openedSession, renewTransition, touchTransition } from '../../sessions/session-transitions.js';
import {
  type NewSession,
  type SessionDataOutcome,
  type SessionDataReading,
  type SessionDataWrite,
  type SessionReading,
  type SessionRecord,
  type SessionRenewal,
  SessionStore,
} from '../../sessions/session-store.js';
import type { OpeningOutcome } from '../../subjects/opening-outcome.js';
import type { Clock } from '../../time/clock.js';
import { MemoryRevocationLog } from './memory-revocation-log.js';
import { MemoryConcurrentSignIns } from './memory-concurrent-sign-ins.js';
import { MemoryLinkedSignIns } from './memory-linked-sign-ins.js';
import { MemorySignIns } from './memory-sign-ins.js';
import type { MemorySubjectStore } from './memory-subject-store.js';

/** SessionStore in memory: the reference implementation, and a store for tests without a database. */
export class MemorySessionStore extends SessionStore {
  readonly rows: MemorySignIns<SessionRecord & SessionDataReading>;

  constructor(
    private readonly subjects: MemorySubjectStore,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly revocations = new MemoryRevocationLog(clock),
    private readonly room = new MemoryConcurrentSignIns(clock),
    private readonly linked = new MemoryLinkedSignIns(clock, subjects),
  ) {
    super();
    this.rows = new MemorySignIns(clock, revocations);
    room.counts(this.rows);
    linked.covers(this.rows);
  }

  async open(session: NewSession): Promise<OpeningOutcome> {
    const { epochs, limit } = session;
    if (this.subjects.epochOf(epochs.subject) !== epochs.epoch) return { opened: false, reason: 'changed' };
    if (!this.linked.admits(epochs.subject, session.origin)) return { opened: false, reason: 'changed' };
    const ended = this.room.make(epochs, limit);
    if (!ended) return { opened: false, reason: 'limit' };
    const now = this.clock.now();
    const row = openedSession(session, now);
    this.rows.put({ ...row, data: null, version: 0 });
    this.linked.inserted(row, session.origin);
    const { idleExpiresAt, expiresAt } = row;
    return { opened: true, now, idleExpiresAt, expiresAt, ended };
  }

  async read(id: string): Promise<SessionReading | null> {
    const found = this.rows.get(id);
    if (!found) return null;
    const { data: _data, version: _version, ...row } = found;
    return { row, globalEpochNow: this.subjects.globalEpoch, now: this.clock.now() };
  }

  async touch(id: string, at: number, idleExpiresAt: number): Promise<void> {
    const row = this.rows.get(id);
    const change = row && touchTransition(row, at, idleExpiresAt);
    if (change) this.rows.put({ ...row, ...change });
  }

  async renew(renewal: SessionRenewal): Promise<boolean> {
    return this.renewNow(renewal);
  }

  /** The same as a part of a greater step; `subjectEpoch`: of a subject that changes in it. */
  renewNow(renewal: SessionRenewal, subjectEpoch?: number): boolean {
    const row = this.rows.get(renewal.id);
    const change = row && renewTransition(row, renewal, this.clock.now(), subjectEpoch);
    if (!change) return false;
    this.rows.put({ ...row, ...change });
    this.revocations.write('sign_in_changed', row.id);
    return true;
  }

  async revoke(id: string, reason: string, subject?: string): Promise<boolean> {
    return this.rows.revoke(id, reason, subject);
  }

  async readData(id: string): Promise<SessionDataReading | null> {
    const row = this.live(id);
    return row && { data: row.data, version: row.version };
  }

  async writeData({ id, data, version }: SessionDataWrite): Promise<SessionDataOutcome> {
    const row = this.live(id);
    if (!row) return 'ended';
    if (row.version !== version) return 'moved';
    this.rows.put({ ...row, data, version: version + 1 });
    return 'written';
  }

  private live(id: string): (SessionRecord & SessionDataReading) | null {
    const row = this.rows.get(id);
    return row && isLive(row, this.clock.now()) && row.globalEpoch >= this.subjects.globalEpoch ? row : null;
  }

  async sweep(limit: number): Promise<number> {
    return this.rows.sweep(limit);
  }
}
