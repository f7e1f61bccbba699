// The browser client: modes, tabs, outages, storages, adapters, its size.
import './modes.e2e-spec.js';
import './tabs.e2e-spec.js';
