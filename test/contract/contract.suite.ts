// The contracts of the stores, on SQLite.
import './host-clock.e2e-spec.js';
import './service-clients.e2e-spec.js';
import './store-contract.e2e-spec.js';
