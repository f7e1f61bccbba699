import { Logger } from '@nestjs/common';
import type { AttemptStore } from '../attempts/attempt-store.js';
import type { SecurityEventStore } from '../audit/security-event-store.js';
import type { RefreshTokenFamilyStore } from '../refresh-tokens/refresh-token-family-store.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { SignInRegistry } from '../stores/sign-in-registry.js';
import { failureMessage } from '../errors/failure-message.js';

const BATCH = 500;
const MAX_BATCHES = 40;
/** Between two batches others have their turn: of the database, and on SQLite of the event loop, which a batch holds. */
const PAUSE_MS = 10;

/** How many rows a sweep deleted. */
export interface Swept {
  readonly families: number;
  readonly sessions: number;
  readonly revocations: number;
  /** Security events whose retention has passed; 0 where the stores keep none. */
  readonly events: number;
  /** Counters of tries whose window is over; 0 where the stores keep none. */
  readonly attempts: number;
  /** Rows of the features that are switched on, by the feature's name. */
  readonly features: Readonly<Record<string, number>>;
}

/** The sweep of one feature. */
export interface FeatureSweep {
  readonly feature: string;
  readonly sweep: (limit: number) => Promise<number>;
}

/**
 * The sweeps of the features that are switched on, set when their providers are made: a feature's sweep may need
 * AuthenticationService, which the sweeper is a part of. If the sweeper injected them, the two would wait for each other.
 */
export class FeatureSweeps {
  all: readonly FeatureSweep[] = [];
}

/** Deletes rows past their absolute limit or retention, in small batches, bounded per run; safe on every node at once. */
export class Sweeper {
  private readonly logger = new Logger('AuthModule');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<Swept> | undefined;
  private stopped = false;

  constructor(
    private readonly families: RefreshTokenFamilyStore,
    private readonly sessions: SessionStore,
    private readonly registry: SignInRegistry,
    private readonly events: SecurityEventStore | null,
    private readonly attempts: AttemptStore | null,
    private readonly features: FeatureSweeps,
    /** Null: the application calls `sweep` itself. */
    private readonly intervalMs: number | null,
  ) {}

  /** At most 20,000 rows of each table. A run that is under way is joined, not doubled. Throws StoreUnavailableError. */
  sweep(): Promise<Swept> {
    this.running ??= this.sweepAll().finally(() => (this.running = undefined));
    return this.running;
  }

  start(): void {
    if (this.intervalMs === null) return;
    // Spread, so that nodes that started together do not sweep together.
    const wait = this.intervalMs * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => {
      this.sweep()
        .catch((error: unknown) => this.logger.warn(`the sweep stopped: ${failureMessage(error)}`))
        .finally(() => {
          if (!this.stopped) this.start();
        });
    }, wait);
    this.timer.unref();
  }

  /** Stops for good, when the batch under way is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running?.catch(() => undefined);
  }

  private async sweepAll(): Promise<Swept> {
    const features: Record<string, number> = {};
    for (const { feature, sweep } of this.features.all) features[feature] = await this.inBatches(sweep);
    return {
      families: await this.inBatches((limit) => this.families.sweep(limit)),
      sessions: await this.inBatches((limit) => this.sessions.sweep(limit)),
      revocations: await this.inBatches((limit) => this.registry.sweep(limit)),
      events: await this.inBatches(async (limit) => (await this.events?.sweep(limit)) ?? 0),
      attempts: await this.inBatches(async (limit) => (await this.attempts?.sweep(limit)) ?? 0),
      features,
    };
  }

  private async inBatches(sweep: (limit: number) => Promise<number>): Promise<number> {
    let total = 0;
    for (let batch = 0; batch < MAX_BATCHES && !this.stopped; batch++) {
      const deleted = await sweep(BATCH);
      total += deleted;
      if (deleted < BATCH) break;
      await new Promise((next) => setTimeout(next, PAUSE_MS));
    }
    return total;
  }
}
