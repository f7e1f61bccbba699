import type { AuthFeature, FeatureOptionsSource } from '../auth-feature.js';
import {
  type HandoverOptions,
  resolveHandoverOptions,
  ResolvedHandoverOptions,
} from './handover-settings.js';
import { HANDOVER_PROVIDERS } from './handover.providers.js';
import { Handovers } from './handovers.js';
import { HandoverController } from './http/handover.controller.js';
import { HANDOVER_DESCRIPTIONS } from './http/handover-descriptions.js';
import { HANDOVER_STORE } from './store/handover-feature-store.js';
import { HandoverStore } from './store/handover-store.js';
import { HANDOVERS } from './store/handover.table.js';

/**
 * Hands a sign-in over from a mobile or desktop application to a browser: `POST /auth/handover` gives a link that is good once,
 * for 60 s, after a click. Adds the table `auth_handover`. docs/handover.md tells what the two sign-ins have in common.
 *
 * @example
 * ```ts
 * import { handover } from 'nestjs-aerie/handover';
 *
 * // For the `features` of AuthModule, and for authMigrations(features).
 * export const features = [handover({ base: 'https://app.example.com' })];
 * ```
 */
export function handover(options: FeatureOptionsSource<HandoverOptions> = {}): AuthFeature {
  return {
    name: 'handover',
    tables: [{ name: 'CreateHandoverTable1799107200000', creates: [HANDOVERS] }],
    stores: [HANDOVER_STORE],
    options: { token: ResolvedHandoverOptions, from: options, read: resolveHandoverOptions },
    providers: HANDOVER_PROVIDERS,
    controllers: [HandoverController],
    bodies: { 'POST /handover': 'json', 'POST /handover/open': 'form' },
    describes: HANDOVER_DESCRIPTIONS,
    exports: [Handovers],
    sweep: HandoverStore,
    events: ['handover.offered', 'handover.used'],
    codes: ['HANDOVER_INVALID', 'HANDOVER_FROM_CHILD', 'HANDOVER_LIMIT'],
  };
}
