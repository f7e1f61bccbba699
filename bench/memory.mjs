// Benchmark of memory: what a node holds for its sessions, and for the revocations that are in force.
import { machineFacts } from './lib/machine.mjs';
import { parseMemoryArguments, runMemory } from './memory/run.mjs';

const settings = parseMemoryArguments();
const facts = await machineFacts();
const report = await runMemory(settings);
if (report !== null) console.log(`${facts}\n\n${report}`);
