// How an application boots, and how it ends. boot-database counts tables: first, before others leave entities behind.
import './boot-database.e2e-spec.js';
import './boot-circles.e2e-spec.js';
import './boot-contexts.e2e-spec.js';
import './boot-options.e2e-spec.js';
import './second-copy.e2e-spec.js';
import './shutdown.e2e-spec.js';
import './stand-in.e2e-spec.js';
import './two-applications.e2e-spec.js';
import './unguarded-handlers.e2e-spec.js';
import './overridden-guard.e2e-spec.js';
