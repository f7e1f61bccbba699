// Connections that end with their sign-in.
import './ws.e2e-spec.js';
