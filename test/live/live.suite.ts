// Connections that end with their sign-in.
import './deaf-clients.e2e-spec.js';
import './other-modes.e2e-spec.js';
import './transports.e2e-spec.js';
import './ws.e2e-spec.js';
