import { Injectable } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';

/** Where the built-in routes are, as configured beside the factory; null when they are off. */
export abstract class ConfiguredRoutes {
  abstract readonly path: string | null;
  /** Which body each route of a feature takes: `POST /token`. */
  abstract readonly bodies: ReadonlyMap<string, 'form' | 'json'>;
}

/** Where the built-in routes are mounted: the global prefix may be set after this provider was made. */
@Injectable()
export class RoutesPath {
  private known: string | undefined;

  /** @internal */
  constructor(
    private readonly config: ApplicationConfig,
    private readonly routes: ConfiguredRoutes,
  ) {}

  /** With a leading and without a trailing slash; `/` when there are no routes. */
  get(): string {
    return (this.known ??= this.mounted());
  }

  private mounted(): string {
    const path = joined(this.routes.path ?? '');
    const { exclude = [] } = this.config.getGlobalPrefixOptions();
    const isExcluded = exclude.some(({ pathRegex }) => pathRegex.test(`${path}/refresh`));
    return isExcluded ? path : joined(this.config.getGlobalPrefix(), path);
  }
}

function joined(...parts: readonly string[]): string {
  return `/${parts
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/')}`;
}
