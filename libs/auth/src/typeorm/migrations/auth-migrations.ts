import { CreateAuthTables1795219200000 } from './create-auth-tables.js';
import { CreateKeyAndClientTables1795824000000 } from './create-key-and-client-tables.js';
import { WidenAnnouncementIds1796428800000 } from './widen-announcement-ids.js';

/** For the `migrations` of the connection. */
export const AUTH_MIGRATIONS = [
  CreateAuthTables1795219200000,
  CreateKeyAndClientTables1795824000000,
  WidenAnnouncementIds1796428800000,
];
