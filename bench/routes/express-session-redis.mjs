// express-session with its sessions in Redis, through connect-redis, as its documentation has it.
import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { redisClient } from '../lib/redis.mjs';
import { answeringController } from './answer.mjs';
import { HasSessionUser, LoginController, sessionCookie } from './session-user.mjs';

/** `prefix`: of the keys. */
export async function expressSessionRedisApplication(prefix) {
  const client = await redisClient();
  return {
    controllers: [LoginController, answeringController('express-session', HasSessionUser)],
    configure(app) {
      const store = new RedisStore({ client, prefix });
      app.use(
        session({
          store,
          secret: 'a secret of at least thirty-two bytes, for benchmarks',
          resave: false,
          saveUninitialized: false,
        }),
      );
    },
    async credentials(app) {
      return { 'express-session': await sessionCookie(app) };
    },
  };
}
