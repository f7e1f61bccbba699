import { describe, expect, it } from '@jest/globals';
import type { HttpException } from '@nestjs/common';
import type { LiveSignIns, Principal, SecurityEvents } from 'nestjs-aerie';
import { type Observable, NEVER } from 'rxjs';
import { SignInEvents } from './sign-in-events.js';

const live = { liveUntilSignedOut: () => ({ operator: () => (source: Observable<unknown>) => source }) };
const statusOf = (work: () => unknown): number | null => {
  try {
    work();
    return null;
  } catch (error) {
    return (error as HttpException).getStatus();
  }
};

describe('the streams of the page', () => {
  it('are 500 at most in a process, and twelve of one user; one that ends makes room', () => {
    const events = new SignInEvents(
      { events$: NEVER } as unknown as SecurityEvents,
      live as unknown as LiveSignIns,
    );
    const of = (number: number) => events.of({ id: `user ${number}` } as Principal);
    const open = Array.from({ length: 500 }, (_, number) => of(Math.floor(number / 12)).subscribe());
    expect(statusOf(() => of(0))).toBe(429);
    expect(statusOf(() => of(999))).toBe(503);
    open[0]!.unsubscribe();
    expect(statusOf(() => of(999))).toBeNull();
    for (const one of open) one.unsubscribe();
  });
});
