// The parts of the model; its exploration is a proof.
import './bad-input.e2e-spec.js';
import './explore.e2e-spec.js';
import './rivals.e2e-spec.js';
import './shrink.e2e-spec.js';
