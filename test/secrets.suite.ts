// No secret is seen, and the watch over all tests would see one.
import './no-secrets.e2e-spec.js';
import './secret-watch.e2e-spec.js';
