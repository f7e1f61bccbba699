// Refresh tokens and their families.
import './at-rest.e2e-spec.js';
import './credentials-changed.e2e-spec.js';
import './data-loss.e2e-spec.js';
import './ending-everything.e2e-spec.js';
import './late-retry.e2e-spec.js';
import './malformed.e2e-spec.js';
import './parallel-uses.e2e-spec.js';
import './refresh-cookie.e2e-spec.js';
import './replay.e2e-spec.js';
import './reuse.e2e-spec.js';
import './rotation.e2e-spec.js';
import './secret-rolling.e2e-spec.js';
import './shadowed.e2e-spec.js';
import './step-up.e2e-spec.js';
import './subject.e2e-spec.js';
import './transport.e2e-spec.js';
