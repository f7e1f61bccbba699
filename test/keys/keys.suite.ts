// Signing keys, and what is published of them.
import './former-issuer.e2e-spec.js';
import './jwks.e2e-spec.js';
import './signing-key-store.e2e-spec.js';
import './skewed-clocks.e2e-spec.js';
import './small-order.e2e-spec.js';
