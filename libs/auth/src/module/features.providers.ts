import type { InjectionToken, Provider } from '@nestjs/common';
import { FeatureEvents } from '../audit/auth-counters.js';
import { FormerCredentials } from '../context/credentials/former-credentials.js';
import type { AuthFeature, FeatureOptions, Sweepable } from '../features/auth-feature.js';
import { FeatureRoutes } from '../features/route-description.js';
import { FeatureSweeps } from '../lifecycle/expired-rows-sweeper.js';
import { LocalRevocations } from '../revocation/local-revocations.js';
import { AuthStores } from '../stores/auth-stores.js';
import type { FeatureStore } from '../stores/feature-store.js';
import { guardedFeatureStore } from '../stores/guarded-stores.js';
import { FormerTokens } from '../sign-in/former-tokens.js';
import { OptionReader } from '../validation/option-reader.js';
import { nullable, provide, type Token, typed } from '../wiring/provide.js';

/** Hands the sweeps of features to FeatureSweeps. No other provider of ours injects them. */
const SWEEPS_ARRIVAL = Symbol('the sweeps of features have come');

/** What the features that are switched on provide: their own providers, stores and options, and what the core asks of them. */
export function featureProviders(features: readonly AuthFeature[]): Provider[] {
  const swept = features.filter(({ sweep }) => sweep !== undefined);
  const sweeps = swept.map(({ sweep }) => typed<Sweepable>(sweep as InjectionToken));
  return [
    ...features.flatMap(({ name, stores = [], options, providers = [] }) => [
      ...providers,
      ...(options ? [optionsProvider(name, options)] : []),
      ...stores.map((store) =>
        provide(typed<object>(store.port), [AuthStores, LocalRevocations], (given, changes) =>
          guardedFeatureStore(given, store as FeatureStore<object>, name, changes),
        ),
      ),
    ]),
    ...formerProviders(features.flatMap(({ formerCredentials }) => formerCredentials ?? [])),
    provide(FeatureEvents, [], () => ({ types: features.flatMap(({ events = [] }) => events) })),
    provide(FeatureRoutes, [], () => ({
      descriptions: new Map(features.flatMap(({ describes = {} }) => Object.entries(describes))),
    })),
    provide(FeatureSweeps, [], () => new FeatureSweeps()),
    provide(SWEEPS_ARRIVAL, [FeatureSweeps, ...sweeps], (features, ...found) => {
      features.all = found.map((one, index) => ({
        feature: swept[index]!.name,
        sweep: (limit) => one.sweep(limit),
      }));
    }),
  ];
}

/** What is accepted beside credentials of ours; without such a feature, nothing. */
function formerProviders([token]: readonly Token[]): Provider[] {
  return [
    token === undefined
      ? provide(nullable(FormerCredentials), [], () => null)
      : { provide: FormerCredentials, useExisting: token as InjectionToken },
    { provide: FormerTokens, useExisting: FormerCredentials },
  ];
}

function optionsProvider(name: string, { token, from, read }: FeatureOptions): Provider {
  const checked = (given: unknown): object => {
    const reader = new OptionReader(given, name);
    const options = read(reader) as object;
    reader.done();
    return options;
  };
  if (!('useFactory' in from))
    return provide(typed<object>(token as InjectionToken), [], () => checked(from));
  const { inject = [], useFactory } = from as {
    inject?: readonly InjectionToken[];
    useFactory: (...values: unknown[]) => unknown;
  };
  const dependencies = inject.map((dependency) => typed<unknown>(dependency));
  return provide(typed<object>(token as InjectionToken), dependencies, async (...values) =>
    checked(await useFactory(...values)),
  );
}
