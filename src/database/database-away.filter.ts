import { type ArgumentsHost, Catch, ServiceUnavailableException } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { QueryFailedError } from 'typeorm';

/** A SQLite file that is locked, a server that cannot be reached (also SQLSTATE 08 and 57P), a pool that is full. */
const AWAY = /^(SQLITE_(BUSY|LOCKED)|E(CONN|PIPE|TIMEDOUT)|PROTOCOL_|08|57P|53300)/;

/** A database failure is a 503, as in the module's own routes: nothing was done, the client may try again. */
@Catch(QueryFailedError)
export class DatabaseAwayFilter extends BaseExceptionFilter {
  override catch(error: QueryFailedError, host: ArgumentsHost): void {
    const { code } = error.driverError as { code?: unknown };
    const isAway = AWAY.test(String(code));
    if (isAway) {
      const response: object = host.switchToHttp().getResponse();
      this.httpAdapterHost?.httpAdapter.setHeader(response, 'Retry-After', '1');
    }
    super.catch(
      isAway ? new ServiceUnavailableException('The database cannot answer: try again.') : error,
      host,
    );
  }
}
