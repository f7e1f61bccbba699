import { AuthConfigError } from '../errors/auth-config-error.js';

const SOURCES = ['useFactory', 'useClass', 'useExisting'];

/**
 * Checks what is given to a `forRootAsync`: exactly one source of the runtime options, and beside it nothing but what Nest
 * takes there and `structural` options. Throws AuthConfigError: Nest itself silently drops everything else.
 */
export function checkAsyncKeys(options: object, structural: readonly string[]): void {
  const known = [...SOURCES, 'inject', 'provideInjectionTokensFrom', ...structural];
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new AuthConfigError(
        `"${key}" must be returned by the factory, or left out (got it beside the factory; known there: ${known.join(', ')})`,
      );
    }
  }
  const given = SOURCES.filter(
    (source) => (options as Readonly<Record<string, unknown>>)[source] !== undefined,
  );
  if (given.length !== 1) {
    throw new AuthConfigError(
      `forRootAsync must be given exactly one of ${SOURCES.join(', ')} (got ${given.join(', ') || 'none'})`,
    );
  }
}
