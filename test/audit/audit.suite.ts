// The security events: their table, and the observable.
import './audit-table.e2e-spec.js';
import './observable.e2e-spec.js';
