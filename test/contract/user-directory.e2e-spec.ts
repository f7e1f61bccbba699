/** The contract of user directories: a right one passes, and each wrong one fails in the sentence that is about its mistake. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type EmailReplacement,
  PasswordHasher,
  type PasswordHashReplacement,
  UserDirectory,
} from 'nestjs-aerie';
import { userDirectoryContract } from 'nestjs-aerie/testing';
import { DataSource } from 'typeorm';
import { HashUsers } from '../support/test-users.js';
import { testConnection } from '../support/test-databases.js';

let made = 0;

/** As a host writes it, on its own table. */
class SqlUsers extends UserDirectory {
  constructor(protected readonly database: DataSource) {
    super();
  }

  async createTable(): Promise<void> {
    await this.database.query(
      'create table users (id integer primary key, email text unique, verified integer default 0, password_hash varchar(255))',
    );
  }

  newUser = async () => {
    const [id, identifier] = [++made, `user-${made}@example.com`];
    await this.database.query('insert into users (id, email, password_hash) values (?, ?, ?)', [
      id,
      identifier,
      `$2b$10$${id}`,
    ]);
    return { id, identifier };
  };

  async findSubject(email: string) {
    const [row] = await this.database.query('select id from users where email = ?', [email]);
    return (row?.id as number | undefined) ?? null;
  }

  async loadSubject(id: string) {
    const [row] = await this.database.query('select id from users where id = ?', [Number(id)]);
    return row ? { id: row.id as number } : null;
  }

  async passwordHashOf(id: string) {
    const [row] = await this.database.query('select password_hash from users where id = ?', [Number(id)]);
    return (row?.password_hash as string | undefined) ?? null;
  }

  async setPasswordHash(id: string, hash: string, { replacing }: PasswordHashReplacement) {
    const rows = await this.database.query(
      'update users set password_hash = ? where id = ? and password_hash is ? returning id',
      [hash, Number(id), replacing],
    );
    return rows.length === 1;
  }

  async emailOf(id: string) {
    const [row] = await this.database.query('select email, verified from users where id = ?', [Number(id)]);
    return row ? { address: row.email as string, verified: row.verified === 1 } : null;
  }

  async setEmailVerified(id: string, address: string) {
    const rows = await this.database.query(
      'update users set verified = 1 where id = ? and email = ? returning id',
      [Number(id), address],
    );
    return rows.length === 1;
  }

  async setEmail(id: string, address: string, { replacing }: EmailReplacement) {
    const rows = await this.database.query(
      'update or ignore users set email = ?, verified = 1 where id = ? and email = ? returning id',
      [address, Number(id), replacing],
    );
    return rows.length === 1;
  }

  async voidCredentials(id: string) {
    await this.database.query('update users set password_hash = null where id = ?', [Number(id)]);
  }
}

class IgnoresReplacing extends SqlUsers {
  override async setPasswordHash(id: string, hash: string) {
    await this.database.query('update users set password_hash = ? where id = ?', [hash, Number(id)]);
    return true;
  }
}
class ReadsThenWrites extends SqlUsers {
  override async setPasswordHash(id: string, hash: string, { replacing }: PasswordHashReplacement) {
    if ((await this.passwordHashOf(id)) !== replacing) return false;
    await this.database.query('update users set password_hash = ? where id = ?', [hash, Number(id)]);
    return true;
  }
}
class ForgetsTheSubject extends SqlUsers {
  override async setPasswordHash(_: string, hash: string, { replacing }: PasswordHashReplacement) {
    const rows = await this.database.query(
      'update users set password_hash = ? where password_hash = ? returning id',
      [hash, replacing],
    );
    return rows.length > 0;
  }
}
class CutsHashes extends SqlUsers {
  override setPasswordHash(id: string, hash: string, options: PasswordHashReplacement) {
    return super.setPasswordHash(id, hash.slice(0, 60), options);
  }
}
class LeavesNull extends SqlUsers {
  override async setPasswordHash(id: string, hash: string, { replacing }: PasswordHashReplacement) {
    const rows = await this.database.query(
      'update users set password_hash = ? where id = ? and password_hash = ? returning id',
      [hash, Number(id), replacing],
    );
    return rows.length === 1;
  }
}
class VerifiesAnything extends SqlUsers {
  override async setEmailVerified(id: string) {
    await this.database.query('update users set verified = 1 where id = ?', [Number(id)]);
    return true;
  }
}
class IgnoresAddress extends SqlUsers {
  override async setEmail(id: string, address: string) {
    await this.database.query('update users set email = ?, verified = 1 where id = ?', [address, Number(id)]);
    return true;
  }
}
class LeavesUnverified extends SqlUsers {
  override async setEmail(id: string, address: string, { replacing }: EmailReplacement) {
    const rows = await this.database.query(
      'update or ignore users set email = ?, verified = 0 where id = ? and email = ? returning id',
      [address, Number(id), replacing],
    );
    return rows.length === 1;
  }
}
class VoidsAll extends SqlUsers {
  override async voidCredentials() {
    await this.database.query('update users set password_hash = null');
  }
}
class VoidsNothing extends SqlUsers {
  override async voidCredentials() {}
}
class SaysNothing extends SqlUsers {
  override async setPasswordHash(...given: Parameters<SqlUsers['setPasswordHash']>) {
    await super.setPasswordHash(...given);
    return undefined as never;
  }
}

describe('the contract of user directories', () => {
  let database: DataSource;
  let directory: SqlUsers;
  beforeAll(async () => {
    const { type, database: file } = testConnection('sqlite') as { type: 'better-sqlite3'; database: string };
    database = await new DataSource({ type, database: file }).initialize();
    directory = new SqlUsers(database);
    await directory.createTable();
  });
  afterAll(() => database.destroy());

  const source = () => ({ directory, newUser: directory.newUser });
  for (const { name, run } of userDirectoryContract(source, { emails: true }))
    it(`holds in SQL: ${name}`, run);

  const inMemory = new HashUsers(new PasswordHasher());
  const newUser = async () => {
    const id = `user-${++made}`;
    await inMemory.add(id, 'x', { id, hash: `$2b$10$${id}` });
    return { id, identifier: id };
  };
  for (const { name, run } of userDirectoryContract(() => ({ directory: inMemory, newUser })))
    it(`holds in memory: ${name}`, run);

  /** The sentences that a directory breaks. */
  async function broken(Directory: typeof SqlUsers): Promise<string[]> {
    const wrong = new Directory(database);
    const failed: string[] = [];
    const all = userDirectoryContract(() => ({ directory: wrong, newUser: wrong.newUser }), { emails: true });
    for (const { name, run } of all) await run().catch(() => failed.push(name));
    return failed;
  }

  it.each([
    [IgnoresReplacing, /leaves a hash that has changed/],
    [IgnoresReplacing, /of any number of callers at once, one wins/],
    [ReadsThenWrites, /of any number of callers at once, one wins/],
    [ForgetsTheSubject, /changes no other user/],
    [CutsHashes, /replaces the hash that is there/],
    [SaysNothing, /replaces the hash that is there/],
    [LeavesNull, /gives a user without a password its first one/],
    [VerifiesAnything, /leaves another address as it is/],
    [IgnoresAddress, /setEmail: leaves an address that has changed/],
    [IgnoresAddress, /false for an address that another user has/],
    [LeavesUnverified, /stores the address, as verified/],
    [VoidsAll, /removes the password of this user alone/],
    [VoidsNothing, /removes the password of this user alone/],
  ] as const)('is broken by one that is wrong: %p', async (Directory, sentence) => {
    expect((await broken(Directory)).filter((name) => sentence.test(name))).toHaveLength(1);
  });

  it('says so when the directory has no such methods', async () => {
    const lacking = Object.assign(new SqlUsers(database), { setPasswordHash: undefined });
    const [first] = userDirectoryContract(() => ({ directory: lacking, newUser: directory.newUser }));
    await expect(first!.run()).rejects.toThrow('this directory has no setPasswordHash');
    const without = Object.assign(new SqlUsers(database), { setEmail: undefined });
    const all = userDirectoryContract(() => ({ directory: without, newUser: directory.newUser }), {
      emails: true,
    });
    await expect(all.at(-1)!.run()).rejects.toThrow('this directory has no setEmail');
  });
});
