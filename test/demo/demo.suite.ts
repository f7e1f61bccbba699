// The demo of src/.
import './demo-mails.e2e-spec.js';
import './demo-processes.e2e-spec.js';
import './demo.e2e-spec.js';
import './page.e2e-spec.js';
import './page-laboratory.e2e-spec.js';
