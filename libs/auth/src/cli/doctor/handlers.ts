import type { Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { isUncovered, isUnguarded } from '../../guards/handler-policy.js';
import { handlersOf } from '../../guards/handlers-of.js';
import { hasGlobalGuard, unguardedHandlers } from '../../guards/unguarded-handlers.js';
import type { Application } from '../application/application.js';
import { error, type Finding, warning } from './finding.js';

const MAX_NAMED = 20;
/** The metadata of what clients call: routes, message and event handlers, messages of gateways. */
const CALLED = [PATH_METADATA, 'microservices:pattern', 'websockets:message_mapping'];
const OPERATIONS = ['Query', 'Mutation', 'Subscription'];

/** Handlers that no guard stands before, and that are not said to be public. */
export function handlersFound(app: Application): Finding[] {
  const configuration = app.find(ApplicationConfig)!;
  const modules = app.find(ModulesContainer)!;
  if (hasGlobalGuard(configuration)) return [];
  const ineffective = unguardedHandlers(configuration, modules);
  const types = [...modules.values()].flatMap(({ controllers, providers }) =>
    [...controllers.values(), ...providers.values()].map(({ metatype }) => metatype),
  );
  const open = [...new Set(types)].flatMap((type) => uncoveredOf(type as Type | null));
  return [
    ...(ineffective === null ? [] : [error('roles-unchecked', ineffective)]),
    ...(open.length === 0 ? [] : [warning('uncovered-handlers', messageOf(open))]),
  ];
}

function uncoveredOf(type: Type | null): readonly string[] {
  // A factory is a function too, and has no prototype to look at.
  if (typeof type !== 'function' || typeof type.prototype !== 'object') return [];
  return handlersOf(type)
    .filter(([, handler]) => isCalled(handler) && isUncovered(handler, type) && !isUnguarded(handler, type))
    .map(([name]) => `${type.name}.${name}`);
}

function isCalled(handler: object): boolean {
  const has = (key: string) => Reflect.hasMetadata(key, handler);
  const operation: unknown = Reflect.getMetadata('graphql:resolver_type', handler);
  return CALLED.some(has) || OPERATIONS.includes(operation as string);
}

function messageOf(open: readonly string[]): string {
  const rest = open.length > MAX_NAMED ? ` and ${open.length - MAX_NAMED} more` : '';
  return (
    `everybody can call ${open.slice(0, MAX_NAMED).join(', ')}${rest}: no guard checks them. Put @Public() on what is meant to be ` +
    'open, a guard on the rest, or set "globalGuard: true" (guards of app.useGlobalGuards() in main are not seen here)'
  );
}
