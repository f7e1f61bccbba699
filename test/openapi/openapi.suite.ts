// The description of the routes, for @nestjs/swagger.
import './docs-page.e2e-spec.js';
import './generated-client.e2e-spec.js';
import './built-in-routes.e2e-spec.js';
import './guarded-routes.e2e-spec.js';
