// How often a password, a code or a mail may be tried.
import './guessing.e2e-spec.js';
import './attempt-store.e2e-spec.js';
import './known-devices.e2e-spec.js';
import './proxies.e2e-spec.js';
import './guesses.e2e-spec.js';
import './client-guessing.e2e-spec.js';
import './ways-open.e2e-spec.js';
