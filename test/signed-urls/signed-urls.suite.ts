// Signed URLs: what is signed, what is refused, and the guard.
import './guard.e2e-spec.js';
import './signing.e2e-spec.js';
import './tampering.e2e-spec.js';
