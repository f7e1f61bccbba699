import { oneAccessToken } from './one-access-token.js';

for (const database of ['postgres', 'mariadb'] as const) oneAccessToken(database);
