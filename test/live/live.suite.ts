// Connections that end with their sign-in.
import './transports.e2e-spec.js';
import './ws.e2e-spec.js';
