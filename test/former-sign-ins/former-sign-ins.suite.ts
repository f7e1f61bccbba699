// Whoever was signed in before.
import './express-session.e2e-spec.js';
import './gates.e2e-spec.js';
import './spent.e2e-spec.js';
