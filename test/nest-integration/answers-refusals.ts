import { createRequire } from 'node:module';
import { type ArgumentsHost, Catch, UseFilters } from '@nestjs/common';
import { BaseWsExceptionFilter } from '@nestjs/websockets';
import type { WebSocket } from 'ws';

const { version } = createRequire(import.meta.url)('@nestjs/core/package.json') as { version: string };
export const IS_NEST_11 = version.startsWith('11.');

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
