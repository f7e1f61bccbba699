import { Logger } from '@nestjs/common';
import { failureMessage } from '../../errors/failure-message.js';

/** Tells the operator once when an issuer stops answering, why, and once when it answers again. */
export class OutageLog {
  private readonly logger = new Logger('ResourceServerModule');
  private isOut = false;

  /** `what`: what cannot be done meanwhile. */
  constructor(private readonly what: string) {}

  failed(why: unknown): void {
    if (this.isOut) return;
    this.isOut = true;
    this.logger.warn(`${this.what}: ${failureMessage(why)}`);
  }

  answered(): void {
    if (this.isOut) this.logger.log('the issuer answers again');
    this.isOut = false;
  }
}
