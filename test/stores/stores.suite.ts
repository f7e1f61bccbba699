// Stores of a host's own.
import './memory-stores.e2e-spec.js';
import './own-changes.e2e-spec.js';
import './sql-clients.e2e-spec.js';
