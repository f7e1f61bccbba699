// Access tokens that browsers keep in a cookie.
import './changes.e2e-spec.js';
import './connections.e2e-spec.js';
import './cookie.e2e-spec.js';
import './resource-server.e2e-spec.js';
import './revoking.e2e-spec.js';
import './size.e2e-spec.js';
