// The browser client: modes, tabs, outages, storages, adapters, its size.
import './adapters.e2e-spec.js';
import './bundle.e2e-spec.js';
import './modes.e2e-spec.js';
import './outages.e2e-spec.js';
import './requests.e2e-spec.js';
import './storages.e2e-spec.js';
import './tabs.e2e-spec.js';
