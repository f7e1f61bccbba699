// Features of somebody else.
import './own-feature.e2e-spec.js';
