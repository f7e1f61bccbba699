import { type ArgumentsHost, Catch, UseFilters } from '@nestjs/common';
import { BaseWsExceptionFilter } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { IS_NEST_11 } from '../support/nest-version.js';

/** As in docs/nest.md: Nest 11 answers by `emit`, which sends nothing to a client of `ws`. */
@Catch()
class SendsRefusals extends BaseWsExceptionFilter {
  override catch(exception: Error, host: ArgumentsHost): void {
    const client = host.switchToWs().getClient<WebSocket>();
    const emit = (event: string, data: unknown) => client.send(JSON.stringify({ event, data }));
    super.handleError({ emit }, exception, { pattern: host.switchToWs().getPattern(), data: {} });
  }
}

/** For a gateway on plain WebSocket. */
export const AnswersRefusals = (): ClassDecorator =>
  IS_NEST_11 ? UseFilters(SendsRefusals) : () => undefined;
