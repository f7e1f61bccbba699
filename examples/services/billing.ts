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
  /** For people, through a service that acts for them. */
  @UseGuards(JwtAuthGuard)
  @Scopes('bills:read')
  @Get(':id')
  find(@Param('id') id: string, @CurrentUser() user: Principal) {
    return { id, of: user.id, total: '12.00' };
  }

  /** For services alone. */
  @UseGuards(ServiceAuthGuard)
  @Scopes('bills:close')
  @Post('close')
  close(@CurrentService() service: ServicePrincipal) {
    return { closedBy: service.clientId };
  }
}

/** Behind `orders`: no token of a sign-in is good here. */
@Module({
  imports: [
    ResourceServerModule.forRoot({
      issuer: ISSUER,
      audience: BILLING,
      // As the issuer announces its keys for two seconds only; leave it at 30.
      keys: { cooldown: '1s' },
      revocation: { mode: 'feed', client: { clientId: 'billing', secret: SECRETS.billing } },
    }),
  ],
  controllers: [BillsController],
})
export class BillingModule {}
