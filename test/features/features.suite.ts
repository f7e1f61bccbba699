// Features of somebody else.
import './mistaken-feature.e2e-spec.js';
import './own-feature.e2e-spec.js';
