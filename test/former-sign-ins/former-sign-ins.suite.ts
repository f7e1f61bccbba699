// Sign-ins from before the move.
import './express-session.e2e-spec.js';
import './gates.e2e-spec.js';
import './spent.e2e-spec.js';
import './options.e2e-spec.js';
import './refresh-jwt.e2e-spec.js';
