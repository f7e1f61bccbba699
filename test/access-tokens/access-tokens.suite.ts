// Access tokens: what they say, and which are refused.
import './algorithms.e2e-spec.js';
import './claims.e2e-spec.js';
import './forged.e2e-spec.js';
import './malformed.e2e-spec.js';
import './profile.e2e-spec.js';
import './revocation-check.e2e-spec.js';
import './signatures.e2e-spec.js';
