// The examples that run in this process.
import './moving.e2e-spec.js';
