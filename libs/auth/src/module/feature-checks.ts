import { type InjectionToken, type Provider, RequestMethod, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { type AuthFeature, tablesOf } from '../features/auth-feature.js';
import { AuthController } from '../http/auth.controller.js';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** As many characters as the table of events has for a type. */
const LONGEST_EVENT = 40;
const MIGRATION = /^[A-Z]\w*\d{13}$/;
/** The tables of the core. */
const CORE_TABLES = [
  'auth_subject',
  'auth_session',
  'auth_refresh_token_family',
  'auth_revocation',
  'auth_event',
  'auth_signing_key',
  'auth_attempt',
];

/**
 * Throws AuthConfigError for a list of features that do not go together: a name, a route, a table, an event or a code that
 * two of them have, or a feature that is needed and missing.
 */
export function checkFeatures(features: readonly AuthFeature[]): void {
  const refuse = (message: string): never => {
    throw new AuthConfigError(`"features" ${message}`);
  };
  for (const feature of features) {
    if (typeof feature !== 'object' || feature === null || typeof feature.name !== 'string')
      refuse(
        'must be a list of features, such as serviceIssuer() (got something else: a function that was not called?)',
      );
    const { name, events = [], tables = [], bodies = {}, describes = {}, controllers = [] } = feature;
    if (!NAME.test(name))
      refuse(`must have names of lower-case words with hyphens (got ${JSON.stringify(name)})`);
    const foreign = events.find((type) => !type.startsWith(`${name}.`));
    if (foreign)
      refuse(`must name their events after themselves (got ${JSON.stringify(foreign)} of ${name})`);
    const long = events.find((type) => type.length > LONGEST_EVENT);
    if (long)
      refuse(
        `must have types of events of up to ${LONGEST_EVENT} characters (got ${JSON.stringify(long)} of ${name})`,
      );
    const misplaced = controllers.find(isPlacedElsewhere);
    if (misplaced)
      refuse(
        `must leave path, host, scope and version of their controllers to AuthModule (got ${misplaced.name} of ${name})`,
      );
    // A body of no such route would be left to the framework's parsers, silently; one of another's would be taken from it.
    const routes = controllers.flatMap((one: Type) => routesOf(one));
    const unrouted = Object.keys(bodies).find((route) => !isPlain(route) || !routes.includes(route));
    if (unrouted !== undefined)
      refuse(
        `must name in "bodies" routes of their own controllers, in lower case and without parameters, as "POST /token" (got ${JSON.stringify(unrouted)} of ${name})`,
      );
    const undescribed = Object.keys(describes).find((route) => !routes.includes(alike(route)));
    if (undescribed !== undefined)
      refuse(
        `must describe routes of their own controllers alone (got ${JSON.stringify(undescribed)} of ${name})`,
      );
    const created = tables.flatMap(({ creates }) => creates);
    const added = tables.flatMap(({ adds = [] }) => adds);
    // A node of the former version writes rows without it, and another feature's table is not this one's to change.
    const wrong = added.find(
      ({ table, columns }) =>
        !created.includes(table) ||
        columns.some((one) => !table.columns[one]?.nullable && table.columns[one]?.default === undefined),
    );
    if (wrong)
      refuse(
        `must add columns to their own tables alone, each nullable or with a default (got ${JSON.stringify(wrong.columns)} of ${JSON.stringify(wrong.table.name)} in ${name})`,
      );
    const unnamed = tables.find((migration) => !MIGRATION.test(migration.name));
    if (unnamed)
      refuse(
        `must name migrations with a time in milliseconds at the end (got ${JSON.stringify(unnamed.name)} of ${name})`,
      );
  }
  const names = features.map(({ name }) => name);
  for (const { name, needs = [] } of features) {
    const missing = needs.find((needed) => !names.includes(needed));
    if (missing)
      refuse(
        `must hold ${JSON.stringify(missing)} as well, which ${JSON.stringify(name)} needs (got ${names.join(', ')})`,
      );
  }
  once(
    'feature',
    features.map(({ name }) => ({ name, value: name })),
  );
  once(
    'migration',
    each(features, ({ tables = [] }) => tables.map((migration) => migration.name)),
  );
  once('table', [
    ...CORE_TABLES.map((value) => ({ name: 'AuthModule', value })),
    ...tablesOf(features).map(({ feature, definition }) => ({ name: feature, value: definition.name })),
  ]);
  once(
    'event',
    each(features, ({ events = [] }) => events),
  );
  once(
    'code',
    each(features, ({ codes = [] }) => codes),
  );
  const own = each(features, ({ codes = [] }) => codes).find(({ value }) => value.startsWith('AUTH_'));
  if (own)
    refuse(
      `must leave codes that begin with AUTH_ to AuthModule (got ${JSON.stringify(own.value)} of ${own.name})`,
    );
  once(
    'source of former credentials',
    features.flatMap(({ name, formerCredentials }) =>
      formerCredentials ? [{ name, value: 'formerCredentials' }] : [],
    ),
  );
  once('route', [
    ...routesOf(AuthController).map((value) => ({ name: 'AuthModule', value })),
    ...each(features, ({ controllers = [] }) => controllers.flatMap((one: Type) => routesOf(one))),
  ]);
}

/** Whether a route is what the early hook compares with. */
const isPlain = (route: string): boolean => /^[A-Z]+ \/[a-z0-9._~/-]*[a-z0-9._~-]$/.test(route);

/** Nest keeps all that are given for these. */
const OF_ALL: readonly unknown[] = [APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE];

/**
 * Throws AuthConfigError for a feature that provides something anew which AuthModule or another feature provides: Nest would
 * silently take the last one. A class that is listed twice is the same provider.
 */
export function checkProviders(core: readonly Provider[], features: readonly AuthFeature[]): void {
  const known = new Map<unknown, { readonly owner: string; readonly provider: unknown }>();
  for (const provider of core) known.set(tokenOf(provider), { owner: 'AuthModule', provider });
  for (const { name, providers = [], stores = [], options } of features) {
    const own: [unknown, unknown][] = [
      ...providers.map((provider): [unknown, unknown] => [tokenOf(provider), provider]),
      ...stores.map((store): [unknown, unknown] => [store.port, store]),
      ...(options ? [[options.token, options] as [unknown, unknown]] : []),
    ];
    for (const [token, provider] of own) {
      const other = known.get(token);
      if (other && other.provider !== provider && !OF_ALL.includes(token))
        throw new AuthConfigError(
          `"features" must have each provider once (got ${textOf(token)} of ${other.owner} and of ${name})`,
        );
      known.set(token, { owner: name, provider });
    }
  }
}

const tokenOf = (provider: Provider): InjectionToken =>
  typeof provider === 'function' ? provider : provider.provide;

const textOf = (token: unknown): string => (typeof token === 'function' ? token.name : String(token));

interface Owned {
  readonly name: string;
  readonly value: string;
}

const each = (
  features: readonly AuthFeature[],
  values: (feature: AuthFeature) => readonly string[],
): Owned[] => features.flatMap((feature) => values(feature).map((value) => ({ name: feature.name, value })));

function once(kind: string, all: readonly Owned[]): void {
  const owners = new Map<string, string>();
  for (const { name, value } of all) {
    const other = owners.get(value);
    if (other !== undefined)
      throw new AuthConfigError(
        `"features" must have each ${kind} once (got ${JSON.stringify(value)} of ${other} and of ${name})`,
      );
    owners.set(value, name);
  }
}

/** Whether a controller says where it is mounted, or how it is made: the module's own subclass would drop that. */
function isPlacedElsewhere(controller: Type): boolean {
  const has = (key: string, target: object): boolean => Reflect.getMetadata(key, target) !== undefined;
  const path: unknown = Reflect.getMetadata('path', controller);
  const { scope } = (Reflect.getMetadata('scope:options', controller) ?? {}) as { scope?: unknown };
  const prototype = controller.prototype as object;
  return (
    (path !== undefined && path !== '/') ||
    has('host', controller) ||
    has('__version__', controller) ||
    scope !== undefined ||
    namesOf(prototype).some((name) => {
      const handler = valueOf(prototype, name);
      return typeof handler === 'function' && has('__version__', handler);
    })
  );
}

/** The routes of a controller that has no path yet, as `POST /token`; parameters are all alike. */
function routesOf(controller: Type): string[] {
  const prototype = controller.prototype as object;
  return namesOf(prototype).flatMap((name) => {
    const handler = valueOf(prototype, name);
    if (typeof handler !== 'function') return [];
    const method: unknown = Reflect.getMetadata('method', handler);
    const path: unknown = Reflect.getMetadata('path', handler);
    if (typeof method !== 'number') return [];
    return [path].flat().map((one) => {
      const plain = String(one).replace(/^\/+|\/+$/g, '');
      return alike(`${RequestMethod[method]} /${plain}`);
    });
  });
}

const alike = (route: string): string => route.replace(/:\w+/g, ':*');

/** Of members that it inherits, too: Nest routes these as well. */
function namesOf(prototype: object): string[] {
  const names = new Set<string>();
  for (let one: object | null = prototype; one && one !== Object.prototype; one = Object.getPrototypeOf(one))
    for (const name of Object.getOwnPropertyNames(one)) names.add(name);
  return [...names];
}

/** Without calling a getter. */
function valueOf(prototype: object, name: string): unknown {
  for (let one: object | null = prototype; one; one = Object.getPrototypeOf(one)) {
    const descriptor = Object.getOwnPropertyDescriptor(one, name);
    if (descriptor) return descriptor.value;
  }
  return undefined;
}
