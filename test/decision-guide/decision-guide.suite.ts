// The texts that the decision guide gives to paste.
import './pasted.e2e-spec.js';
