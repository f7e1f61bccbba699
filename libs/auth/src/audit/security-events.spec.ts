import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NEVER } from 'rxjs';
import { SecurityEvents } from './security-events.js';
import { SecurityEventStore } from './security-event-store.js';

class Store extends SecurityEventStore {
  readonly asked: unknown[][] = [];
  now = async () => 0;
  append = async () => undefined;
  list = async (...asked: unknown[]) => (this.asked.push(asked), []);
  erase = async () => undefined;
  sweep = async () => 0;
}

describe('the listing of security events', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('waits for what is to be written here, and asks for fifty', async () => {
    const store = new Store();
    let written!: () => void;
    const writer = { flush: () => new Promise<void>((resolve) => (written = resolve)) };
    const listed = new SecurityEvents({ events$: NEVER }, { store, writer }).list('ada');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(store.asked).toEqual([]);
    written();
    await listed;
    expect(store.asked).toEqual([['ada', 50, null]]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not wait without end', async () => {
    const store = new Store();
    const writer = { flush: () => new Promise<void>(() => undefined) };
    const listed = new SecurityEvents({ events$: NEVER }, { store, writer }).list('ada', { limit: 1_000 });
    await jest.advanceTimersByTimeAsync(2_000);
    await listed;
    expect(store.asked).toEqual([['ada', 1_000, null]]);
  });
});
