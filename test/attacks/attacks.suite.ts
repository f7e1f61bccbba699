// Attacks, each as an attacker would make it.
import './early-refusals.e2e-spec.js';
import './edges.e2e-spec.js';
import './handed-on.e2e-spec.js';
import './slow-body.e2e-spec.js';
import './thieves.e2e-spec.js';
import './token-in-url.e2e-spec.js';
