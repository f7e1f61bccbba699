import { RequestMethod, type Type } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { type AuthFeature, tablesOf } from '../features/auth-feature.js';
import { AuthController } from '../http/auth.controller.js';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MIGRATION = /^[A-Z]\w*\d{13}$/;
/** The tables of the core. */
const CORE_TABLES = [
  'auth_subject',
  'auth_session',
  'auth_refresh_token_family',
  'auth_revocation',
  'auth_event',
  'auth_signing_key',
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
    const { name, events = [], tables = [] } = feature;
    if (!NAME.test(name))
      refuse(`must have names of lower-case words with hyphens (got ${JSON.stringify(name)})`);
    const foreign = events.find((type) => !type.startsWith(`${name}.`));
    if (foreign)
      refuse(`must name their events after themselves (got ${JSON.stringify(foreign)} of ${name})`);
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
  once('route', [
    ...routesOf(AuthController).map((value) => ({ name: 'AuthModule', value })),
    ...each(features, ({ controllers = [] }) => controllers.flatMap((one: Type) => routesOf(one))),
  ]);
}

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

/** The routes of a controller that has no path yet, as `POST /token`; parameters are all alike. */
function routesOf(controller: Type): string[] {
  const prototype = controller.prototype as object;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
    if (typeof handler !== 'function') return [];
    const method: unknown = Reflect.getMetadata('method', handler);
    const path: unknown = Reflect.getMetadata('path', handler);
    if (typeof method !== 'number') return [];
    return [path].flat().map((one) => {
      const plain = String(one)
        .replace(/^\/+|\/+$/g, '')
        .replace(/:\w+/g, ':');
      return `${RequestMethod[method]} /${plain}`;
    });
  });
}
