// Sessions and their cookies.
import './beacon.e2e-spec.js';
import './cookie-options.e2e-spec.js';
import './copied-issuer.e2e-spec.js';
import './logout.e2e-spec.js';
import './near-cache.e2e-spec.js';
import './origin.e2e-spec.js';
import './session-cookie.e2e-spec.js';
import './session-data.e2e-spec.js';
import './session-limits.e2e-spec.js';
import './session-step-up.e2e-spec.js';
import './shared-sessions.e2e-spec.js';
import './sign-in-list.e2e-spec.js';
import './two-cookies.e2e-spec.js';
