// Connections that end with their sign-in.
import './other-modes.e2e-spec.js';
import './transports.e2e-spec.js';
import './ws.e2e-spec.js';
