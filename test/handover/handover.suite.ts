// A sign-in that goes on in a browser.
import './handover.e2e-spec.js';
import './mail.e2e-spec.js';
import './options.e2e-spec.js';
