// What applications test themselves with.
import './acting-elsewhere.e2e-spec.js';
import './acting-people.e2e-spec.js';
import './controller-unit.e2e-spec.js';
import './cookie-jar.e2e-spec.js';
import './manual-clock.e2e-spec.js';
