import { Controller, Get, UseGuards } from '@nestjs/common';
import { JwtAuthGuard, MaxStaleness } from 'nestjs-aerie';

/** A route that takes the options' word for how old the knowledge may be, and one that asks for none of it. */
@Controller()
@UseGuards(JwtAuthGuard)
export class Routes {
  @Get('soon')
  soon(): string {
    return 'ok';
  }

  @Get('now')
  @MaxStaleness('0s')
  now(): string {
    return 'ok';
  }
}
