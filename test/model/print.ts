/**
 * Explores, with progress on stderr, and prints what came of it in Markdown: `npm run model` (every scenario, every
 * rule), or `-- --ours` (this package's rule alone, with the scenarios of every test run), or `-- --only <name>`.
 * Exits with 1 when this package's rule breaks an invariant, and tells the story. Counts are the same on each run.
 */
import { parseArgs } from 'node:util';
import { DEEPER_SCENARIOS } from './deeper-scenarios.js';
import { type Exploration, explore } from './explore.js';
import { OURS } from './model-store.js';
import { ruleTable, scenarioTable, schedulesOf } from './report.js';
import { RULES } from './rivals.js';
import { SCENARIOS } from './scenarios.js';
import { storyOf } from './shrink.js';

// Refusals are errors, and their stacks are never read.
Error.stackTraceLimit = 0;

const { ours, only } = parseArgs({
  options: { ours: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
}).values;
const scenarios = (ours ? SCENARIOS : [...SCENARIOS, ...DEEPER_SCENARIOS]).filter(({ name }) =>
  name.includes(only),
);

if (scenarios.length === 0) {
  const names = [...SCENARIOS, ...DEEPER_SCENARIOS].map(({ name }) => name);
  process.stderr.write(`--only must be a part of a scenario's name: ${names.join(', ')}\n`);
  process.exit(2);
}

const began = performance.now();
const explorations: Exploration[] = [];
for (const scenario of scenarios) {
  const tell = (schedules: number) =>
    process.stderr.write(`${scenario.name}: ${schedules} schedules, ${seconds()} s\n`);
  const exploration = await explore(scenario, ours ? [OURS] : RULES, tell);
  tell(exploration.schedules);
  explorations.push(exploration);
  for (const [invariant, moves] of exploration.tallies[0]!.broken) {
    process.exitCode = 1;
    const story = await storyOf(OURS, scenario, moves, invariant);
    console.log(`## ${invariant} is broken in "${scenario.name}"\n\n${story.join('\n')}\n`);
  }
}
console.log(`${scenarioTable(explorations)}\n\n${ruleTable(explorations)}`);
process.stderr.write(`${schedulesOf(explorations)} schedules in ${seconds()} s\n`);

function seconds(): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}
