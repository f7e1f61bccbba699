// Benchmark of revocation: how soon every node of an application refuses what one of them revoked.
import { machineFacts } from './lib/machine.mjs';
import { mariadbFacts } from './lib/mariadb.mjs';
import { redisFacts } from './lib/redis.mjs';
import { parseRevocationArguments, runRevocation } from './revocation/run.mjs';

const settings = parseRevocationArguments();
const facts = [await machineFacts(), await mariadbFacts(), await redisFacts()].join('\n');
const report = await runRevocation(settings);
if (report !== null) console.log(`${facts}\n\n${report}`);
