// E-mail addresses and passwords of accounts.
import './boot.e2e-spec.js';
import './email-change.e2e-spec.js';
import './email-verification.e2e-spec.js';
import './first-proof.e2e-spec.js';
import './link-scanners.e2e-spec.js';
import './magic-link.e2e-spec.js';
import './mail-limits.e2e-spec.js';
import './mailer.e2e-spec.js';
import './new-device.e2e-spec.js';
import './pages.e2e-spec.js';
import './password-change.e2e-spec.js';
import './password-reset.e2e-spec.js';
import './rescue.e2e-spec.js';
import './sign-in-code.e2e-spec.js';
import './smtp.e2e-spec.js';
import './thieves.e2e-spec.js';
