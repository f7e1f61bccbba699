import { Controller, Get, Module, Param, Post, UseGuards } from '@nestjs/common';
import {
  CurrentService,
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  ResourceServerModule,
  Scopes,
  ServiceAuthGuard,
  type ServicePrincipal,
} from 'nestjs-aerie/resource-server';
import { BILLING, ISSUER, SECRETS } from './places.js';

@Controller('bills')
export class BillsController {
  /** For users, through a service that acts for them. */
  @UseGuards(JwtAuthGuard)
  @Scopes('bills:read')
  @Get(':id')
  find(@Param('id') id: string, @CurrentUser() user: Principal) {
    return { id, of: user.id, total: '12.00' };
  }

  /** For services only. */
  @UseGuards(ServiceAuthGuard)
  @Scopes('bills:close')
  @Post('close')
  close(@CurrentService() service: ServicePrincipal) {
    return { closedBy: service.clientId };
  }
}

/** A service behind `orders`: it accepts no token of a sign-in. */
@Module({
  imports: [
    ResourceServerModule.forRoot({
      issuer: ISSUER,
      audience: BILLING,
      // Because this issuer publishes a key only two seconds before it signs; leave it at 30.
      keys: { cooldown: '1s' },
      revocation: { mode: 'feed', client: { clientId: 'billing', secret: SECRETS.billing } },
    }),
  ],
  controllers: [BillsController],
})
export class BillingModule {}
