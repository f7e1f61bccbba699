// Health checks and metrics.
import './health.e2e-spec.js';
import './metrics.e2e-spec.js';
