// Needs @opentelemetry/api
export { AuthMetrics } from './auth-metrics.js';
