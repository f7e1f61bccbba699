import { Logger } from '@nestjs/common';
import type { Sweepable } from '../../auth-feature.js';
import type { ActionTokenStore, DueEnding } from './action-token-store.js';

/** In one sweep: each ends the sign-ins of a subject. */
const MOST_AT_ONCE = 50;

/**
 * Ends what a redeemed token owed. Called again after a minute if it throws. False: the token is for more than that, so its
 * holder may open it again.
 */
export type EndOwed = (owed: DueEnding) => Promise<boolean>;

/**
 * Sweeps the table of action tokens. Before that, it finishes what requests left undone that redeemed a token and were cut off:
 * the ending of the subject's sign-ins.
 */
export class OwedEndings implements Sweepable {
  private readonly logger = new Logger('AuthModule');

  constructor(
    private readonly store: ActionTokenStore,
    private readonly end: EndOwed,
  ) {}

  async sweep(limit: number): Promise<number> {
    for (const owed of await this.store.due(MOST_AT_ONCE)) {
      try {
        if (await this.end(owed)) await this.store.settle(owed.id);
        else await this.store.reopen(owed.id, false);
      } catch (error) {
        this.logger.error(
          `the sign-ins that a used link (${owed.purpose}) owed to end could not be ended yet: ${error instanceof Error ? error.name : 'not an Error'}`,
        );
      }
    }
    return this.store.sweep(limit);
  }
}
