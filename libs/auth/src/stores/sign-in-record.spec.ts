import { describe, expect, it } from '@jest/globals';
import { newestFirst, type SignInRecord } from './sign-in-record.js';

describe('newestFirst', () => {
  const record = (createdAt: number) => ({ id: `sign-in-${createdAt}`, createdAt }) as SignInRecord;

  it('puts the newest first, and gives the thousand newest', () => {
    const records = Array.from({ length: 1_001 }, (_, i) => record(i));
    const listed = newestFirst(records);
    expect(listed).toHaveLength(1_000);
    expect([listed[0], listed.at(-1)]).toEqual([record(1_000), record(1)]);
    expect(records[0]).toEqual(record(0));
  });
});
