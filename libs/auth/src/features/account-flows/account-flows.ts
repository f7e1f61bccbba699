import { provide } from '../../wiring/provide.js';
import type { AuthFeature, FeatureOptionsSource } from '../auth-feature.js';
import { ACCOUNT_FLOW_EVENTS } from './account-flow-names.js';
import {
  AccountFlowsOn,
  type AccountFlowsOptions,
  type AccountFlowSwitches,
  resolveAccountFlowsOptions,
  ResolvedAccountFlowsOptions,
  switchesOf,
} from './account-flow-settings.js';
import { ACCOUNT_FLOW_PROVIDERS } from './account-flows.providers.js';
import { routesOf } from './http/flow-routes.js';
import { ACTION_TOKEN_STORE } from './tokens/action-token-feature-store.js';
import { ACTION_TOKEN_MIGRATION } from './tokens/action-token.table.js';
import { OwedEndings } from './tokens/owed-endings.js';

/**
 * Verified e-mail addresses, new passwords, changes of either, and sign-in by link or code. Each flow is on or off beside the
 * factory of the options. docs/account-flows.md tells what each does.
 *
 * @example
 * ```ts
 * import { accountFlows, type AccountMailer } from 'nestjs-aerie/account-flows';
 *
 * declare const mailer: AccountMailer; // yours
 *
 * // For the `features` of AuthModule, and for authMigrations(features).
 * export const features = [accountFlows({ mailer, magicLink: true })];
 * ```
 */
export function accountFlows(
  options: AccountFlowSwitches & FeatureOptionsSource<AccountFlowsOptions>,
): AuthFeature {
  const { on, rest } = switchesOf(options);
  return {
    name: 'account-flows',
    tables: [ACTION_TOKEN_MIGRATION],
    stores: [ACTION_TOKEN_STORE],
    options: { token: ResolvedAccountFlowsOptions, from: rest, read: resolveAccountFlowsOptions },
    providers: [provide(AccountFlowsOn, [], () => on), ...ACCOUNT_FLOW_PROVIDERS],
    ...routesOf(on),
    sweep: OwedEndings,
    events: ACCOUNT_FLOW_EVENTS,
  };
}
