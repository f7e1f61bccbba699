import { ModulesContainer } from '@nestjs/core';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { provide } from './provide.js';

/** The little of Nest's container that a search for circles reads. */
export interface ProviderNode {
  readonly name: unknown;
  readonly metatype?: unknown;
  /** What a factory asks for; classes say it by their metadata. */
  readonly inject?: readonly unknown[] | null | undefined;
}
export interface ModuleNode {
  readonly providers: ReadonlyMap<unknown, ProviderNode>;
  readonly imports: ReadonlySet<ModuleNode>;
  readonly exports: ReadonlySet<unknown>;
}

/** Marks the modules that are searched. */
export const CIRCLE_CHECK = Symbol('no circle of providers');

/**
 * Throws AuthConfigError for a circle of providers through a module that has the check. Nest 11 waits for a circle of
 * factories without a word, until the process ends with status 0.
 */
export function refuseCircles(modules: Iterable<ModuleNode>): void {
  for (const module of modules) {
    const circle = module.providers.has(CIRCLE_CHECK) ? circleThrough(module) : null;
    if (circle)
      throw new AuthConfigError(
        `providers depend on each other in a circle, so Nest can create none: ${circle.join(' -> ')}. Break it in a class of yours: inject ModuleRef, and get the other provider in the call`,
      );
  }
}

/** Refuses a circle of providers while the module that has it boots. */
export const CIRCLE_CHECK_PROVIDER = provide(CIRCLE_CHECK, [ModulesContainer], (modules) =>
  refuseCircles(modules.values()),
);

/** The names along a circle of providers in which one of `module` takes part; null when there is none. */
function circleThrough(module: ModuleNode): readonly string[] | null {
  const done = new Set<ProviderNode>();
  const path: { readonly node: ProviderNode; readonly isOurs: boolean }[] = [];

  const visit = (node: ProviderNode, home: ModuleNode): readonly string[] | null => {
    const seen = path.findIndex((step) => step.node === node);
    if (seen !== -1) {
      const circle = path.slice(seen);
      return circle.some(({ isOurs }) => isOurs)
        ? [...circle.map((step) => step.node), node].map(nameOf)
        : null;
    }
    if (done.has(node)) return null;
    path.push({ node, isOurs: home === module });
    for (const token of dependenciesOf(node)) {
      const found = resolve(home, token);
      const circle = found && visit(found.node, found.home);
      if (circle) return circle;
    }
    path.pop();
    done.add(node);
    return null;
  };

  for (const node of module.providers.values()) {
    const circle = visit(node, module);
    if (circle) return circle;
  }
  return null;
}

function nameOf({ name }: ProviderNode): string {
  return typeof name === 'function' ? name.name : String(name);
}

/** Tokens that are waited for; what `forwardRef` puts off is not. */
function dependenciesOf({ inject, metatype }: ProviderNode): readonly unknown[] {
  if (inject) return inject.map(tokenOf).filter(isToken);
  if (typeof metatype !== 'function') return [];
  const parameters = [
    ...((Reflect.getMetadata('design:paramtypes', metatype) as unknown[] | undefined) ?? []),
  ];
  const named = Reflect.getMetadata('self:paramtypes', metatype) as
    { index: number; param: unknown }[] | undefined;
  for (const { index, param } of named ?? []) parameters[index] = param;
  const properties = Reflect.getMetadata('self:properties_metadata', metatype) as
    { type: unknown }[] | undefined;
  return [...parameters, ...(properties ?? []).map(({ type }) => type)].map(tokenOf).filter(isToken);
}

function tokenOf(dependency: unknown): unknown {
  const { token } = Object(dependency) as { token?: unknown };
  return typeof dependency === 'object' && token !== undefined ? token : dependency;
}

function isToken(token: unknown): boolean {
  return typeof token === 'function' || typeof token === 'string' || typeof token === 'symbol';
}

interface Found {
  readonly node: ProviderNode;
  readonly home: ModuleNode;
}

function resolve(home: ModuleNode, token: unknown): Found | undefined {
  const node = home.providers.get(token);
  return node ? { node, home } : imported(home, token, new Set());
}

function imported(home: ModuleNode, token: unknown, seen: Set<ModuleNode>): Found | undefined {
  seen.add(home);
  for (const module of home.imports) {
    if (seen.has(module)) continue;
    const node = module.exports.has(token) ? module.providers.get(token) : undefined;
    const found = node ? { node, home: module } : imported(module, token, seen);
    if (found) return found;
  }
  return undefined;
}
