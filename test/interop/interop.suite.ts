// Libraries of others, which read our tokens and whose tokens we read.
import './npm-libraries.e2e-spec.js';
