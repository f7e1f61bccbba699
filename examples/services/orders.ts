import { Controller, Get, Headers, Module, Param, Post, UseGuards } from '@nestjs/common';
import {
  CurrentUser,
  JwtAuthGuard,
  MaxStaleness,
  type Principal,
  ResourceServerModule,
  ServiceTokenClient,
} from 'nestjs-aerie/resource-server';
import { BILLING, ISSUER, ORDERS, SECRETS } from './places.js';

const client = { clientId: 'orders', secret: SECRETS.orders };

@Controller('orders')
@UseGuards(JwtAuthGuard)
export class OrdersController {
  private readonly tokens = new ServiceTokenClient({ ...client, tokenUrl: `${ISSUER}/auth/token` });

  @Get()
  list(@CurrentUser() user: Principal) {
    return { of: user.id, orders: [{ id: '1', what: 'a book' }] };
  }

  /** On behalf of the user of this request: billing sees that user, with the scope `bills:read` only. */
  @MaxStaleness('0s')
  @Get(':id/bill')
  async bill(@Param('id') id: string, @Headers('authorization') authorization: string) {
    const subjectToken = authorization.replace(/^bearer +/i, '');
    const token = await this.tokens.exchange({ subjectToken, audience: BILLING, scopes: ['bills:read'] });
    return ask(`${BILLING}/bills/${encodeURIComponent(id)}`, 'GET', token);
  }

  /** In this service's own name. */
  @Post('close')
  async close() {
    const token = await this.tokens.token({ audience: BILLING, scopes: ['bills:close'] });
    return ask(`${BILLING}/bills/close`, 'POST', token);
  }
}

async function ask(url: string, method: string, token: string): Promise<unknown> {
  const response = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`billing answered with ${response.status}`);
  return response.json();
}

/** The service that users call: it verifies their tokens with the issuer's keys, and follows its revocations. */
@Module({
  imports: [
    ResourceServerModule.forRoot({
      issuer: ISSUER,
      audience: ORDERS,
      // Because this issuer publishes a key only two seconds before it signs; leave it at 30.
      keys: { cooldown: '1s' },
      revocation: { mode: 'feed', client },
    }),
  ],
  controllers: [OrdersController],
})
export class OrdersModule {}
