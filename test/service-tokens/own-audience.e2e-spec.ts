import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { ServiceAuthGuard } from 'nestjs-aerie';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { type Held, registered, serviceToken } from '../support/service-requests.js';
import { BELOW_THE_EDGE, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';

const ORDERS = 'https://orders.example.com';

@Controller('internal')
@UseGuards(ServiceAuthGuard)
class InternalController {
  @Get()
  any() {
    return {};
  }
}

/** A service that is listed beside the application could else use here what other services send to it. */
describe.each(BELOW_THE_EDGE)('an application whose access tokens are for several, on %s', (adapter) => {
  let app: TestApp;
  let client: Held;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [InternalController],
      options: { features: [serviceIssuer()], accessTokens: { audience: [ISSUER, ORDERS] } },
    });
    client = await registered(app, { id: 'caller', scopes: ['revocations'], audiences: [ISSUER, ORDERS] });
  });
  afterAll(() => app.close());

  it.each(['/internal', '/auth/revocations'])(
    'takes service tokens for the first of them alone: %s',
    async (path) => {
      const status = async (audience: string) => {
        const bearer = await serviceToken(app, client, { audience });
        return (await app.client().get(path, { bearer })).status;
      };
      expect([await status(ISSUER), await status(ORDERS)]).toEqual([200, 401]);
    },
  );
});
