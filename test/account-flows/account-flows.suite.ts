// E-mail addresses and passwords of accounts.
import './password-reset.e2e-spec.js';
