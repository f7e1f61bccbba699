// Endings, and who hears of them when.
import './end-on-rotation.e2e-spec.js';
import './ending-others.e2e-spec.js';
import './lookup-mode.e2e-spec.js';
import './one-access-token.e2e-spec.js';
