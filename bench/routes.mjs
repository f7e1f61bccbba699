// Benchmark of routes: how many requests a guarded route serves, against the same route unguarded.
import { parseRoutesArguments, runRoutes } from './routes/run.mjs';
import { machineFacts } from './lib/machine.mjs';

const settings = parseRoutesArguments();
const facts = await machineFacts();
console.log(`${facts}\n\n${await runRoutes(settings)}`);
