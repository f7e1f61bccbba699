// Both benchmarks with short settings, and one summary: minutes rather than a quarter of an hour.
import { machineFacts } from './lib/machine.mjs';
import { ROTATION_DEFAULTS, runRotation } from './rotation/run.mjs';
import { ROUTES_DEFAULTS, runRoutes } from './routes/run.mjs';

const facts = await machineFacts();
const routes = await runRoutes({ ...ROUTES_DEFAULTS, rounds: 9 });
const rotation = await runRotation({ ...ROTATION_DEFAULTS, rounds: 9 });
console.log([facts, routes, rotation].join('\n\n'));
