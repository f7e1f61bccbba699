import { ApolloDriver } from '@nestjs/apollo';
import { MercuriusDriver } from '@nestjs/mercurius';
import type { Adapter } from '../support/test-app.js';

interface GraphqlDriver {
  readonly name: string;
  readonly adapter: Adapter;
  /** Options of GraphQLModule. */
  readonly options: object;
}

const apollo = { driver: ApolloDriver, autoSchemaFile: true, subscriptions: { 'graphql-ws': true } };

/** Nest's GraphQL drivers with subscriptions over graphql-ws, each as small as it can be set up. */
export const DRIVERS: readonly GraphqlDriver[] = [
  { name: 'Apollo on Express', adapter: 'express', options: apollo },
  { name: 'Apollo on Fastify', adapter: 'fastify', options: apollo },
  {
    name: 'Mercurius',
    adapter: 'fastify',
    options: { driver: MercuriusDriver, autoSchemaFile: true, subscription: { fullWsTransport: true } },
  },
];
