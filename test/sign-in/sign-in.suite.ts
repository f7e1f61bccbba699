// Signing in.
import './arguments.e2e-spec.js';
import './chunked-body.e2e-spec.js';
import './former-sign-in.e2e-spec.js';
import './forwarded-address.e2e-spec.js';
import './framework-name.e2e-spec.js';
import './hashing-line.e2e-spec.js';
import './narrowed.e2e-spec.js';
import './oauth.e2e-spec.js';
import './own-login.e2e-spec.js';
import './password-hashes.e2e-spec.js';
import './passwords.e2e-spec.js';
import './refusals.e2e-spec.js';
import './sign-in-limit.e2e-spec.js';
import './sign-in.e2e-spec.js';
import './step-up-route.e2e-spec.js';
import './strict-body.e2e-spec.js';
import './subject-ids.e2e-spec.js';
