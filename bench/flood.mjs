// Benchmark of a flood: what other people's refreshes keep of their speed while one refresh token is used 500 times at once.
import { readArguments } from './lib/arguments.mjs';
import { FLOOD_DEFAULTS, runFlood } from './flood/run.mjs';
import { machineFacts } from './lib/machine.mjs';

const settings = readArguments(FLOOD_DEFAULTS);
const facts = await machineFacts();
console.log(`${facts}\n\n${await runFlood(settings)}`);
