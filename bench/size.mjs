// Benchmark of size: what a rotation and a listing of sign-ins take in tables of thousands and of millions of families.
import { machineFacts } from './lib/machine.mjs';
import { parseSizeArguments, runSize } from './size/run.mjs';

const settings = parseSizeArguments();
const facts = await machineFacts();
const report = await runSize(settings);
if (report !== null) console.log(`${facts}\n\n${report}`);
