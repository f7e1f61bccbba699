// Tokens of services.
import './client-credentials.e2e-spec.js';
import './clients.e2e-spec.js';
import './exchange.e2e-spec.js';
import './introspection.e2e-spec.js';
import './outage.e2e-spec.js';
import './own-audience.e2e-spec.js';
import './private-key-jwt.e2e-spec.js';
import './purposes.e2e-spec.js';
import './revocation.e2e-spec.js';
