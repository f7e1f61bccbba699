// Tables, migrations and sweeps, on SQLite.
import './client-app.e2e-spec.js';
import './collected-objects.e2e-spec.js';
import './migrations.e2e-spec.js';
import './revocation-ids.e2e-spec.js';
import './sql-migrations.e2e-spec.js';
import './sweep.e2e-spec.js';
import './table-definitions.e2e-spec.js';
