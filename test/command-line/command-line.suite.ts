// The command `nestjs-aerie`, each time in a process of its own.
import './doctor.e2e-spec.js';
import './family.e2e-spec.js';
import './inspect.e2e-spec.js';
import './making.e2e-spec.js';
import './migrations.e2e-spec.js';
