import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { LogTrap } from '../../../../test/support/log-trap.js';
import { cpuMs } from '../../../../test/support/cpu-time.js';
import { PasswordHasher } from './password-hasher.js';

const BCRYPT = '$2b$10$abcdefghijklmnopqrstuuDrQyPzYV7jqrlmAqKvqY2QXDpxoE.3S';
const BROKEN = '$argon2id$v=19$m=8192,t=1,p=1$short';

describe('a stored text that is no argon2 hash', () => {
  afterEach(() => Logger.overrideLogger(false));

  it('matches no password, with one warning that names the remedy and shows nothing of it', async () => {
    const trap = new LogTrap();
    Logger.overrideLogger(trap);
    const hasher = new PasswordHasher({ memoryKiB: 8192, passes: 1, lanes: 1 });
    for (const stored of [BCRYPT, BROKEN, BCRYPT]) expect(await hasher.verify(stored, 'x')).toBe(false);
    expect(trap.lines).toEqual([expect.stringMatching(/no argon2 hash.*its own library in verifyPassword/)]);
    expect(trap.lines[0]).not.toContain('$');
  });

  it('costs as much as a wrong password', async () => {
    const hasher = new PasswordHasher({ memoryKiB: 65_536, passes: 4, lanes: 1 });
    const hash = await hasher.hash('right');
    const timeOf = async (stored: string | null) => {
      const times: number[] = [];
      for (let i = 0; i < 3; i++) {
        const began = cpuMs();
        await hasher.verify(stored, 'wrong');
        times.push(cpuMs() - began);
      }
      return Math.min(...times);
    };
    await timeOf(null);
    expect(await timeOf(BCRYPT)).toBeGreaterThan((await timeOf(hash)) / 4);
  });
});
