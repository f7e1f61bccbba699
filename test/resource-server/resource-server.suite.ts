// Resource servers, and the issuer they trust.
import './access-tokens.e2e-spec.js';
import './boot.e2e-spec.js';
import './contexts.e2e-spec.js';
import './feed.e2e-spec.js';
import './health.e2e-spec.js';
import './introspection.e2e-spec.js';
import './published-keys.e2e-spec.js';
import './replaced-keys.e2e-spec.js';
import './revocations-route.e2e-spec.js';
import './service-token-client.e2e-spec.js';
import './services-together.e2e-spec.js';
