// Needs @nestjs/terminus
export { AuthHealthIndicator, type AuthHealthOptions } from './auth-health-indicator.js';
