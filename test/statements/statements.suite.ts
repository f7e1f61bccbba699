// Which statements SQLite executes.
import './index-use.e2e-spec.js';
import './statement-budget.e2e-spec.js';
