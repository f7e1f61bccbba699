// How often a password, a code or a mail may be tried.
import './guessing.e2e-spec.js';
import './attempt-store.e2e-spec.js';
