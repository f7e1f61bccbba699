// The contracts of the stores, on SQLite.
import './former-claims.e2e-spec.js';
import './host-clock.e2e-spec.js';
import './service-clients.e2e-spec.js';
import './store-contract.e2e-spec.js';
