// Benchmark of rotations: how many refresh tokens are exchanged in a second, against one bare UPDATE each.
import { machineFacts } from './lib/machine.mjs';
import { parseRotationArguments, runRotation } from './rotation/run.mjs';

const settings = parseRotationArguments();
const facts = await machineFacts();
console.log(`${facts}\n\n${await runRotation(settings)}`);
