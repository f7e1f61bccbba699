import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { RotationAttempt } from '../refresh-tokens/refresh-token-family-store.js';
import { MemoryStores } from '../testing/memory/memory-stores.js';
import { LocalRevocations } from '../revocation/local-revocations.js';
import { cacheInvalidating } from './cache-invalidating-stores.js';
import { type GuardedStores, guardedStores } from './guarded-stores.js';

const DAY = 24 * 3_600_000;

describe('stores that invalidate', () => {
  let memory: MemoryStores;
  let stores: GuardedStores;
  let invalidated: { sessions: string[]; families: string[] };
  let wiped: string[];
  beforeEach(() => {
    memory = new MemoryStores();
    invalidated = { sessions: [], families: [] };
    wiped = [];
    const place = (kind: 'sessions' | 'families') => ({
      invalidate: async (id: string) => void invalidated[kind].push(id),
      invalidateAll: () => void wiped.push(kind),
    });
    stores = cacheInvalidating(guardedStores(memory, new LocalRevocations()), {
      sessions: place('sessions'),
      families: place('families'),
    });
  });

  const common = { methods: [], scopes: null, ip: null, userAgent: null, label: null, limit: null };
  const session = async (subject = 'ada'): Promise<string> => {
    const id = randomUUID();
    const epochs = await stores.subjects.epochs(subject);
    await stores.sessions.open({ ...common, id, secretHash: 'one', epochs, idleMs: DAY, absoluteMs: DAY });
    return id;
  };
  const family = async (subject = 'ada'): Promise<string> => {
    const id = randomUUID();
    const epochs = await stores.subjects.epochs(subject);
    const hashes = { currentHash: 'aa'.repeat(32), salt: 'bb'.repeat(16) };
    await stores.families.open({ ...common, ...hashes, id, epochs, idleMs: DAY, absoluteMs: DAY });
    return id;
  };
  const attempt = (familyId: string, generation: number, hash: string, next: string): RotationAttempt => ({
    familyId,
    subject: 'ada',
    presented: { generation, hash: hash.repeat(32), attemptHash: null, userAgent: null },
    successorHash: next.repeat(32),
    salt: 'cc'.repeat(16),
    idleMs: DAY,
    rules: { replayWindowMs: 0, lateRetryMs: 0, replayBinding: 'none', acceptAheadUntil: null },
    onReuse: 'revoke-family',
    ip: null,
    waitedMs: () => 0,
  });
  const nothing = () => ({ sessions: [], families: [] });

  it('one that is ended, when it was', async () => {
    const [s, f] = [await session(), await family()];
    expect(await stores.sessions.revoke(s, 'signed_out', 'bob')).toBe(false);
    expect(await stores.families.revoke(s, 'signed_out')).toBe(false);
    expect(invalidated).toEqual(nothing());
    expect(await stores.sessions.revoke(s, 'signed_out', 'ada')).toBe(true);
    expect(await stores.families.revoke(f, 'signed_out', 'ada')).toBe(true);
    expect(invalidated).toEqual({ sessions: [s], families: [f] });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['all are ended', () => stores.registry.endAll('ada', 'all_ended')],
    ['credentials change', () => stores.registry.credentialsChanged('ada', 'credentials_changed', null)],
    ['the subject is forgotten', () => stores.registry.forget('ada')],
    ['the subject changes', () => stores.registry.subjectChanged('ada')],
  ])('those of the subject, and no other, when %s', async (_, change) => {
    const [s, f] = [await session(), await family()];
    await session('bob');
    await change();
    expect(invalidated).toEqual({ sessions: [s], families: [f] });
  });

  it('all records, on this node, of a subject with more sign-ins than are listed', async () => {
    for (let i = 0; i < 1_000; i++) await session();
    await stores.registry.endAll('ada', 'all_ended');
    expect(wiped.sort()).toEqual(['families', 'sessions']);
  });

  it('the kept one as well, whose tokens are stale now', async () => {
    const [s, f] = [await session(), await family()];
    await stores.registry.endAll('ada', 'others_ended', f);
    expect(invalidated).toEqual({ sessions: [s], families: [f] });
  });

  it('none in a transaction of the host: nothing has changed yet', async () => {
    await family();
    await stores.registry.subjectChanged('ada', {} as never);
    expect(invalidated).toEqual(nothing());
  });

  it('everything, on this node', async () => {
    await stores.registry.revokeEverything();
    expect(wiped.sort()).toEqual(['families', 'sessions']);
  });

  it('a family whose token was reused, and no other outcome of a rotation', async () => {
    const id = await family();
    expect(await stores.families.rotate(attempt(id, 0, 'aa', 'dd'))).toEqual({ kind: 'rotated' });
    expect(await stores.families.rotate(attempt(id, 1, 'dd', 'ee'))).toEqual({ kind: 'rotated' });
    expect(invalidated).toEqual(nothing());
    expect(await stores.families.rotate(attempt(id, 0, 'aa', 'ff'))).toMatchObject({ kind: 'reused' });
    expect(invalidated.families).toEqual([id]);
  });

  it.each(['rotate', 'rekey'] as const)(
    'everything here, when a reuse ended its subject (%s)',
    async (call) => {
      const id = await family();
      const ending = {
        ...attempt(id, 0, 'aa', 'dd'),
        onReuse: 'revoke-subject',
        authenticated: null,
      } as const;
      await stores.families.rotate(ending);
      expect(wiped).toEqual([]);
      const presented = { ...ending, ...attempt(id, 0, 'ff', 'ee'), onReuse: 'revoke-subject' } as const;
      expect(await stores.families[call](presented)).toMatchObject({ kind: 'reused' });
      expect(wiped.sort()).toEqual(['families', 'sessions']);
      expect(invalidated.families).toEqual([id]);
    },
  );

  it('what has a new secret', async () => {
    const [s, f] = [await session(), await family()];
    expect(
      await stores.sessions.renew({ id: s, secretHash: 'wrong', nextSecretHash: 'two', authenticated: null }),
    ).toBe(false);
    expect(invalidated).toEqual(nothing());
    await stores.sessions.renew({ id: s, secretHash: 'one', nextSecretHash: 'two', authenticated: null });
    await stores.families.rekey({ ...attempt(f, 0, 'aa', 'dd'), authenticated: null });
    expect(invalidated).toEqual({ sessions: [s], families: [f] });
  });

  it('what had to end to make room for a new sign-in', async () => {
    const [s, f] = [await session(), await family()];
    const epochs = await stores.subjects.epochs('ada');
    const limit = { max: 1, policy: 'end-oldest' } as const;
    const opening = { ...common, secretHash: 'two', epochs, idleMs: DAY, absoluteMs: DAY, limit };
    await stores.sessions.open({ ...opening, id: randomUUID() });
    for (const ids of Object.values(invalidated)) expect([...ids].sort()).toEqual([s, f].sort());
    await stores.sessions.open({ ...opening, id: randomUUID(), limit: null });
    expect(invalidated.sessions).toHaveLength(2);
  });

  it('also when the store fails: it may have been done', async () => {
    const [s, f] = [await session(), await family()];
    const failing = async (): Promise<never> => {
      throw new Error('the connection was lost');
    };
    Object.assign(memory.sessions, { revoke: failing });
    Object.assign(memory.families, { revoke: failing, rotate: failing });
    Object.assign(memory.registry, { endAll: failing });
    const unavailable = { code: 'AUTH_STORE_UNAVAILABLE' };
    await expect(stores.sessions.revoke(s, 'signed_out')).rejects.toMatchObject(unavailable);
    await expect(stores.families.rotate(attempt(f, 0, 'aa', 'dd'))).rejects.toMatchObject(unavailable);
    expect(invalidated).toEqual({ sessions: [s], families: [f] });
    await expect(stores.registry.endAll('ada', 'all_ended')).rejects.toMatchObject(unavailable);
    expect(invalidated).toEqual({ sessions: [s, s], families: [f, f] });
  });

  it('changes nothing else of them', async () => {
    const id = await family();
    expect(await stores.families.read(id)).toMatchObject({ row: { id } });
    expect((await stores.registry.list('ada')).map((one) => one.id)).toEqual([id]);
    expect(await stores.lookup.find(id)).toMatchObject({ live: true });
    expect(await stores.families.sweep(10)).toBe(0);
  });
});
