// Benchmark of sessions: what a session and an access token cost, beside express-session on Redis and better-auth.
import { machineFacts } from './lib/machine.mjs';
import { redisFacts } from './lib/redis.mjs';
import { parseSessionsArguments, runSessions } from './sessions/run.mjs';

const settings = parseSessionsArguments();
const facts = [await machineFacts(), await redisFacts()].join('\n');
console.log(`${facts}\n\n${await runSessions(settings)}`);
