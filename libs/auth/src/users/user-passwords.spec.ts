import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { LogTrap } from '../../../../test/support/log-trap.js';
import type { SecurityEvent } from '../audit/security-event.js';
import type { GivesPasswordHashes } from '../principal/user-directory.js';
import { LateDirectory } from './late-directory.js';
import { PasswordHasher } from './password-hasher.js';
import { UserLoader } from './user-loader.js';
import { UserPasswords } from './user-passwords.js';

const UPGRADE = { replacing: '$2b$10$former', hash: '$argon2id$next' };

describe('the upgrade of a hash', () => {
  let trap: LogTrap;
  let recorded: SecurityEvent[];
  beforeEach(() => {
    jest.useFakeTimers();
    recorded = [];
    Logger.overrideLogger((trap = new LogTrap()));
  });
  afterEach(() => {
    jest.useRealTimers();
    Logger.overrideLogger(false);
  });

  /** Upgrades by a directory that stores hashes like this. */
  function upgrading(setPasswordHash: NonNullable<GivesPasswordHashes['setPasswordHash']>): Promise<void> {
    const directory = new LateDirectory();
    directory.arrive(
      Object.assign(
        { findSubject: async () => null, loadSubject: async () => null },
        { passwordHashOf: async () => null, setPasswordHash },
      ),
    );
    const loader = new UserLoader(directory, () => ({}));
    return new UserPasswords(loader, new PasswordHasher(), {
      record: (event) => recorded.push(event),
    }).upgrade('ada', UPGRADE);
  }

  it('gives the directory the subject, the hash and which one it replaces', async () => {
    const given: unknown[] = [];
    await upgrading(async (...all) => given.push(...all) > 0);
    expect(given).toEqual(['ada', UPGRADE.hash, { replacing: UPGRADE.replacing }]);
    expect(recorded).toEqual([{ type: 'password_hash_upgraded', subject: 'ada' }]);
    expect(trap.lines).toEqual([]);
  });

  it('is quiet when another one came first', async () => {
    await upgrading(async () => false);
    expect(trap.lines).toEqual([]);
    expect(recorded).toEqual([]);
  });

  it('does not hold up its sign-in for more than two seconds', async () => {
    let isOver = false;
    const upgrade = upgrading(() => new Promise(() => undefined)).then(() => (isOver = true));
    await jest.advanceTimersByTimeAsync(1_999);
    expect(isOver).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await upgrade;
    expect(trap.lines).toEqual([expect.stringContaining('no answer within 2000 ms')]);
  });

  it('logs what the directory throws, without the hashes', async () => {
    await upgrading(async () => {
      throw new Error(`no place for ${UPGRADE.hash} and ${UPGRADE.replacing}`);
    });
    expect(trap.lines).toEqual([expect.stringContaining('no place for (hash) and (hash)')]);
  });

  it.each([undefined, 1, 'true', {}])('logs that %p is neither true nor false', async (answer) => {
    await upgrading(async () => answer as never);
    expect(trap.lines).toEqual([expect.stringContaining('setPasswordHash must return true or false')]);
  });
});
