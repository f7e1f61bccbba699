// Benchmark of the sweeper: what rotations take while a million expired rows are deleted beside them.
import { machineFacts } from './lib/machine.mjs';
import { parseSweepArguments, runSweep } from './sweep/run.mjs';

const settings = parseSweepArguments();
const facts = await machineFacts();
const report = await runSweep(settings);
if (report !== null) console.log(`${facts}\n\n${report}`);
