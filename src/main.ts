import { createApp } from './create-app.js';
import { demoConfig } from './demo-config.js';
import { RedisConnections } from './redis/redis-connections.js';
import { startText } from './start-text.js';

const config = demoConfig(process.env);
const app = await createApp(config);
await app.listen(config.port, config.host);

const redisAnswers = await app.get(RedisConnections, { strict: false }).answers();
console.log(startText(config, (await app.getUrl()).replace(/\/$/, ''), redisAnswers));
