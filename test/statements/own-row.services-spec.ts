import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthSubject, RefreshTokenFamily, Revocation, Session, typeOrmStores } from 'nestjs-aerie/typeorm';
import type { DataSource, QueryRunner } from 'typeorm';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { freshPrefix, testConnection } from '../support/test-databases.js';
import { connect, dropTables } from '../support/test-stores.js';

interface Family {
  readonly id: string;
  readonly token: string;
}

describe.each(['postgres', 'mariadb'] as const)(
  'a refresh waits for its own row alone, on %s',
  (database) => {
    let app: TestApp;
    let other: DataSource;
    let holder: QueryRunner;
    beforeAll(async () => {
      const prefix = freshPrefix();
      // A statement that waits for a lock that stays is refused soon.
      const options = { stores: typeOrmStores({ database: { deadline: '700ms' } }) } as const;
      app = await startTestApp({ connection: testConnection(database, prefix), options });
      await app.users.add('ada');
      other = await connect(database, prefix);
      holder = other.createQueryRunner();
    });
    afterAll(async () => {
      await holder.release();
      await other.destroy();
      await dropTables(app.source);
      await app.close();
    });

    const open = async (): Promise<Family> => {
      const { principal, refreshToken } = (await app.authentication.signIn('user-1', { mode: 'tokens' })) as {
        principal: { signInId: string };
        refreshToken: string;
      };
      return { id: principal.signInId, token: refreshToken };
    };
    const refresh = async (token: string) => (await app.authentication.refresh(token)).refreshToken;

    /** Locks rows in a transaction that stays open during `work`. */
    async function holding(entity: object, column: string, values: unknown[], work: () => Promise<void>) {
      const { tablePath } = other.getMetadata(entity as never);
      const path = tablePath.split('.').map((part) => other.driver.escape(part));
      const placeholder = database === 'postgres' ? '$1' : '?';
      await holder.startTransaction('READ COMMITTED');
      try {
        // One by one: of a list of them MariaDB may scan the table, and lock what it comes across.
        for (const value of values) {
          const locked: unknown[] = await holder.query(
            `select 1 from ${path.join('.')} where ${column} = ${placeholder} for update`,
            [value],
          );
          expect(locked).toHaveLength(1);
        }
        await work();
      } finally {
        await holder.rollbackTransaction();
      }
    }

    /** A rotation, its replay, and a token that comes too late. */
    async function passes({ token }: Family): Promise<void> {
      const second = await refresh(token);
      expect(await refresh(token)).toBe(second);
      await refresh(second);
      await expect(refresh(token)).rejects.toMatchObject({ code: 'AUTH_REFRESH_TOKEN_INVALID' });
    }

    it('not for its subject, nor for the row of the global epoch', async () => {
      const family = await open();
      await app.authentication.revokeEverything();
      const present = await open();
      await holding(AuthSubject, 'subject', ['user-1', ''], () => passes(present));
      await expect(refresh(family.token)).rejects.toMatchObject({ reason: 'revoked' });
    });

    it('not for another family or session of its subject', async () => {
      const others = await Promise.all(Array.from({ length: 20 }, open));
      const family = await open();
      await holding(
        RefreshTokenFamily,
        'id',
        others.map(({ id }) => id),
        () => passes(family),
      );
      const another = await open();
      const { principal } = await app.authentication.signIn('user-1', { mode: 'session' });
      await holding(Session, 'id', [principal.signInId], async () => passes(another));
    });

    it('not for revocations that others are writing', async () => {
      const family = await open();
      const ended = await open();
      await app.authentication.endSignIn('user-1', ended.id);
      await holding(Revocation, 'value', [ended.id], () => passes(family));
    });

    it('but for its own: then it is refused, and works when the row is free', async () => {
      const family = await open();
      await holding(RefreshTokenFamily, 'id', [family.id], async () => {
        await expect(refresh(family.token)).rejects.toMatchObject({ code: 'AUTH_STORE_UNAVAILABLE' });
      });
      await passes(family);
    });
  },
);
