import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SecurityEvent } from 'nestjs-aerie';
import { tally } from '../races/race.js';
import { Failover, type Loss, type Scene } from './failover.js';
import { type Figures, figuresTable } from './figures.js';

const full = process.env['FAILOVER'] === 'full';
const SIZE: Pick<Scene, 'families' | 'sessions' | 'workMs' | 'deadlineMs'> = full
  ? { families: 200, sessions: 20, workMs: 10_000, deadlineMs: 2_000 }
  : { families: 50, sessions: 10, workMs: 500, deadlineMs: 1_000 };

/** What a machine that is busy with other tests may add. */
const BUSY_MS = full ? 0 : 3_000;

const figures: Figures[] = [];
afterAll(() => {
  if (full) process.stdout.write(`\n${figuresTable(figures)}\n`);
});

const events = (all: readonly SecurityEvent[], type: SecurityEvent['type']) =>
  all.filter((event) => event.type === type) as { signInId?: string; generations?: number }[];

/** A failover, and what it must be whatever is lost. */
function failover(scene: Scene): { readonly run: Failover; readonly loss: Loss } {
  const held = {} as { run: Failover; loss: Loss };
  beforeAll(async () => {
    held.run = await Failover.start(scene);
    held.loss = await held.run.happen();
  });
  afterAll(() => held.run?.stop());

  it('is unavailable while the primary is dead: no client is refused, and none hangs', () => {
    const { refused, unavailable, longestMs } = held.loss;
    expect(refused).toBe(0);
    expect(unavailable).toBeGreaterThanOrEqual(3 * scene.families);
    // A read and a deciding statement, each with its deadline.
    expect(longestMs).toBeLessThan(2 * scene.deadlineMs + BUSY_MS);
  });
  return held;
}

describe('failover to an asynchronous replica that lags', () => {
  const scene: Scene = { replication: 'asynchronous', cutOff: true, ...SIZE };
  const held = failover(scene);

  it('loses rotations of every family', () => {
    expect(held.loss.ahead.size).toBe(scene.families);
    expect(held.loss.lost).toBeGreaterThanOrEqual(2 * scene.families);
  });

  it('without acceptAheadUntil: who is ahead of the row is refused, and nothing is revoked', async () => {
    const { run, loss } = held;
    const heard = await run.goOn();
    const refused = run.clients.refused;
    expect(refused.map(({ refused: why }) => why)).toEqual(refused.map(() => 'desynchronised'));
    expect(refused.map(({ id }) => id).sort()).toEqual([...loss.ahead.keys()].sort());
    expect(
      events(heard, 'family_desynchronised')
        .map(({ signInId }) => signInId)
        .sort(),
    ).toEqual([...loss.ahead.keys()].sort());
    expect(events(heard, 'reuse_detected')).toEqual([]);
    const revoked = await run.revoked();
    expect(revoked).toBe(0);
    note(held, 'without `acceptAheadUntil`', { refused: refused.length, caughtUp: 0, revoked });
  });

  it('with acceptAheadUntil: everybody goes on, and each family is moved forward once', async () => {
    const { run, loss } = held;
    const acceptAheadUntil = new Date(Date.now() + 3_600_000).toISOString();
    await run.race.restart({ refreshTokens: { acceptAheadUntil } });
    const heard = await run.goOn();
    expect(run.clients.refused).toEqual([]);
    const moved = events(heard, 'family_caught_up').map((event) => [event.signInId!, event.generations!]);
    expect(moved.length).toBe(loss.ahead.size);
    expect(new Map(moved as [string, number][])).toEqual(loss.ahead);
    expect(events(heard, 'reuse_detected')).toEqual([]);
    expect(events(heard, 'family_desynchronised')).toEqual([]);
    const revoked = await run.revoked();
    expect(revoked).toBe(0);
    note(held, 'with `acceptAheadUntil`', { refused: 0, caughtUp: moved.length, revoked });
  });

  it('afterwards, a retry with the token before is answered with the same successor', async () => {
    const { same, results } = await held.run.presentParents();
    expect(tally(results)).toEqual({ ok: scene.families });
    expect(same).toBe(scene.families);
  });

  it('forgot what was ended last: it is alive until it is ended again', async () => {
    const { race, endedLate } = held.run;
    const retried = await race.run(endedLate.map(({ token }) => ['refresh', token]));
    expect(tally(retried)).toEqual({ ok: endedLate.length });
    for (const { subject, id } of endedLate) await race.do('endOne', subject, id);
    const ended = await race.run(retried.map(({ token }) => ['refresh', token]));
    expect(tally(ended)).toEqual({ revoked: endedLate.length });
  });

  it('forgot who signed in last: nothing brings those sign-ins back', async () => {
    const { race, openedLate } = held.run;
    const results = await race.run(openedLate.map(({ token }) => ['refresh', token]));
    expect(tally(results)).toEqual({ unknown: openedLate.length });
  });
});

describe.each([
  ['in step', false],
  ['cut off before the primary dies', true],
])('failover to a synchronous replica, %s', (name, cutOff) => {
  const scene: Scene = { replication: 'synchronous', cutOff, ...SIZE };
  const held = failover(scene);

  it('loses no rotation that was answered', () => {
    expect(held.loss.rotations).toBeGreaterThan(2 * scene.families);
    expect([...held.loss.ahead]).toEqual([]);
  });

  it('everybody goes on, without acceptAheadUntil', async () => {
    const { run } = held;
    const heard = await run.goOn();
    expect(run.clients.refused).toEqual([]);
    for (const type of ['reuse_detected', 'family_desynchronised', 'refresh_refused'] as const) {
      expect(events(heard, type)).toEqual([]);
    }
    const revoked = await run.revoked();
    expect(revoked).toBe(0);
    note(held, name, { refused: 0, caughtUp: 0, revoked });
  });
});

function note(
  { run, loss }: { run: Failover; loss: Loss },
  name: string,
  after: Pick<Figures, 'refused' | 'caughtUp' | 'revoked'>,
): void {
  const { replication, families } = run.scene;
  figures.push({ name: `${replication}, ${name}`, families, ...loss, ahead: loss.ahead.size, ...after });
}
