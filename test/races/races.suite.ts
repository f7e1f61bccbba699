// Races on one SQLite file.
import './sqlite-busy.e2e-spec.js';
import './sqlite-host-transaction.e2e-spec.js';
