import { AbstractGraphQLDriver, type GqlModuleOptions } from '@nestjs/graphql';
import { graphql } from 'graphql';

interface GraphqlRequest {
  readonly body: { readonly query: string };
}

/** The least that a GraphQL driver can be: POST /graphql, on the HTTP adapter of the application. */
export class TestGraphqlDriver extends AbstractGraphQLDriver {
  async start({ schema }: GqlModuleOptions): Promise<void> {
    const { httpAdapter } = this.httpAdapterHost;
    httpAdapter.post('/graphql', async (request: GraphqlRequest, response: unknown) => {
      const source = request.body.query;
      const result = await graphql({ schema: schema!, source, contextValue: { req: request } });
      httpAdapter.setHeader(response, 'Content-Type', 'application/json');
      httpAdapter.reply(response, JSON.stringify(result), 200);
    });
  }

  async stop(): Promise<void> {}
}
