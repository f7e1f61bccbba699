import { ApolloModule } from '../../examples/graphql/apollo.js';
import { MercuriusModule } from '../../examples/graphql/mercurius.js';

/** The applications of examples/graphql, each where it runs. */
export const EXAMPLES = [
  { name: 'Apollo on Express', adapter: 'express', module: ApolloModule },
  { name: 'Apollo on Fastify', adapter: 'fastify', module: ApolloModule },
  { name: 'Mercurius', adapter: 'fastify', module: MercuriusModule },
] as const;
