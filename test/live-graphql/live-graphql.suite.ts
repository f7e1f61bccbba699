// GraphQL with the drivers that applications use: Apollo on Express and on Fastify, Mercurius.
import './credentials.e2e-spec.js';
import './subscriptions.e2e-spec.js';
import './interceptor.e2e-spec.js';
