import type { TestingModuleBuilder } from '@nestjs/testing';
import { AuthStores } from 'nestjs-aerie/stores';
import { MemoryStores } from 'nestjs-aerie/testing';
import { Clock } from '../../libs/auth/src/time/clock.js';
import { TestClock } from './test-clock.js';

/** Stores in memory and a machine that have one clock: a test moves both on. */
export function clockedStores() {
  const clock = new TestClock();
  const stores = new MemoryStores(clock);
  return {
    clock,
    stores: { provider: { provide: AuthStores, useValue: stores } },
    override: (builder: TestingModuleBuilder) => builder.overrideProvider(Clock).useValue(clock),
  };
}
