import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('a transaction of the host on the one SQLite connection', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-'));
  let app: TestApp;
  beforeAll(async () => {
    const connection = { ...testConnection('sqlite'), database: join(folder, 'test.sqlite') };
    app = await startTestApp({ connection: connection as never });
    await app.users.add('ada');
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  const signIn = async () => {
    const result = await app.authentication.signIn('user-1', { mode: 'tokens' });
    if (result.mode === 'session') throw new Error('tokens were asked for');
    return { id: result.principal.signInId, token: result.refreshToken };
  };
  const refresh = async (token: string) => (await app.authentication.refresh(token)).refreshToken;

  it.each([
    { end: 'rolled back', fails: true },
    { end: 'committed', fails: false },
  ])('that is $end takes no rotation with it', async ({ fails }) => {
    const held = await Promise.all(Array.from({ length: 6 }, signIn));
    for (let round = 0; round < 10; round++) {
      const running: Promise<string>[] = [];
      const transaction = app.source.transaction(async (manager) => {
        const families = manager.getRepository(RefreshTokenFamily);
        await families.update({ id: held[0]!.id }, { label: `round ${round}` });
        for (const { token } of held) running.push(refresh(token), refresh(token));
        await turns(20);
        if (fails) throw new Error('the host changed its mind');
      });
      if (fails) await expect(transaction).rejects.toThrow('the host changed its mind');
      else await transaction;
      const handedOut = await Promise.all(running);
      for (const [i, family] of held.entries()) {
        expect(handedOut[2 * i]).toBe(handedOut[2 * i + 1]);
        family.token = handedOut[2 * i]!;
        const row = await app.source.getRepository(RefreshTokenFamily).findOneByOrFail({ id: family.id });
        expect({ generation: row.generation, revokedAt: row.revokedAt }).toEqual({
          generation: round + 1,
          revokedAt: null,
        });
      }
    }
    for (const { token } of held) await expect(refresh(token)).resolves.toMatch(/^rt1_/);
  });

  it('that is rolled back takes no revocation with it, and no sign-in', async () => {
    const { id, token } = await signIn();
    const thief = await refresh(await refresh(token));
    const running: Promise<unknown>[] = [];
    await app.source
      .transaction(async (manager) => {
        await manager.getRepository(RefreshTokenFamily).update({ id }, { label: 'to be undone' });
        running.push(
          refresh(token).catch((error: unknown) => error),
          signIn(),
        );
        await turns(20);
        throw new Error('the host changed its mind');
      })
      .catch(() => undefined);
    const [refusal, opened] = await Promise.all(running);
    expect(refusal).toMatchObject({ reason: 'reused' });
    const families = app.source.getRepository(RefreshTokenFamily);
    expect((await families.findOneByOrFail({ id })).revokedReason).toBe('reuse_ancestor');
    await expect(refresh(thief)).rejects.toMatchObject({ reason: 'revoked' });
    await expect(refresh((opened as { token: string }).token)).resolves.toMatch(/^rt1_/);
  });
});
