// The description of the routes, for @nestjs/swagger.
import './docs-page.e2e-spec.js';
