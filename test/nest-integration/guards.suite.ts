// Guards, errors and routes, over HTTP.
import './errors.e2e-spec.js';
import './foreign-guard.e2e-spec.js';
import './global-guard.e2e-spec.js';
import './global-guard-first.e2e-spec.js';
import './guard-subclasses.e2e-spec.js';
import './guards.e2e-spec.js';
import './optional-sign-in.e2e-spec.js';
import './passport.e2e-spec.js';
import './passport-of-the-host.e2e-spec.js';
import './paths.e2e-spec.js';
import './public-and-roles.e2e-spec.js';
