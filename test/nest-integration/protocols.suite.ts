// What is not plain HTTP/1.1: GraphQL, WebSockets, messages, HTTP/2.
import './graphql-ws.e2e-spec.js';
import './graphql.e2e-spec.js';
import './handshake.e2e-spec.js';
import './http2.e2e-spec.js';
import './microservice.e2e-spec.js';
import './recent-sign-in.e2e-spec.js';
import './websocket.e2e-spec.js';
