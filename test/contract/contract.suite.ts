// The contracts of the stores and of user directories, on SQLite.
import './action-tokens.e2e-spec.js';
import './former-claims.e2e-spec.js';
import './handovers.e2e-spec.js';
import './host-clock.e2e-spec.js';
import './service-clients.e2e-spec.js';
import './store-contract.e2e-spec.js';
import './user-directory.e2e-spec.js';
