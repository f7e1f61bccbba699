import { Revocation } from 'nestjs-aerie/typeorm';
import type { TestApp } from '../support/test-app.js';
import type { TestClock } from '../support/test-clock.js';
import { until } from '../support/until.js';

/** Takes the feed's table away, lets `maxStaleness` pass, does the work, and puts it back. */
export async function withoutFeed<T>(app: TestApp, clock: TestClock, work: () => Promise<T>): Promise<T> {
  const table = app.source.getMetadata(Revocation).tablePath;
  await app.source.query(`ALTER TABLE "${table}" RENAME TO "${table}_away"`);
  try {
    clock.pass(6_000);
    return await work();
  } finally {
    await app.source.query(`ALTER TABLE "${table}_away" RENAME TO "${table}"`);
  }
}

/** Waits until the application's feed is read again. */
export async function freshAgain(lag: () => Promise<number | undefined>): Promise<void> {
  await until('the feed is fresh', async () => ((await lag()) ?? Infinity) < 5);
}
