import type { AuthFeature } from 'nestjs-aerie/feature';
import { ACTION_TOKEN_STORE } from '../../libs/auth/src/features/account-flows/tokens/action-token-feature-store.js';
import { ACTION_TOKEN_MIGRATION } from '../../libs/auth/src/features/account-flows/tokens/action-token.table.js';

/** The feature as a connection's tables need it. */
export const accountTables = (): AuthFeature => ({
  name: 'account-flows',
  tables: [ACTION_TOKEN_MIGRATION],
  stores: [ACTION_TOKEN_STORE],
});
