import { AbstractGraphQLDriver, type GqlModuleOptions, GqlSubscriptionService } from '@nestjs/graphql';
import { graphql } from 'graphql';

interface GraphqlRequest {
  readonly body: { readonly query: string };
}

type MakeContext = (connection: object) => unknown;

export interface TestGraphqlOptions extends GqlModuleOptions {
  /** Makes the context of operations over a connection. Default: that of Nest's drivers, where the connection is `req`. */
  readonly contextOfConnection?: MakeContext;
}

/** The least that a GraphQL driver can be: POST /graphql, and graphql-ws there, on the HTTP server of the application. */
export class TestGraphqlDriver extends AbstractGraphQLDriver<TestGraphqlOptions> {
  private subscriptions?: GqlSubscriptionService;

  async start({ schema, context, contextOfConnection }: TestGraphqlOptions): Promise<void> {
    const ofRequest: MakeContext = typeof context === 'function' ? context : (given) => given;
    const { httpAdapter } = this.httpAdapterHost;
    httpAdapter.post('/graphql', async (request: GraphqlRequest, response: unknown) => {
      const source = request.body.query;
      const result = await graphql({ schema: schema!, source, contextValue: ofRequest({ req: request }) });
      httpAdapter.setHeader(response, 'Content-Type', 'application/json');
      httpAdapter.reply(response, JSON.stringify(result), 200);
    });
    const ofConnection = contextOfConnection ?? ((req: object) => ({ req }));
    this.subscriptions = new GqlSubscriptionService(
      { schema: schema!, path: '/graphql', context: ofConnection, 'graphql-ws': true } as never,
      httpAdapter.getHttpServer(),
    );
  }

  async stop(): Promise<void> {
    await this.subscriptions?.stop();
  }
}
