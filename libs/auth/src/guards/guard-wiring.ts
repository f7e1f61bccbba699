import type { ModulesContainer } from '@nestjs/core';
import { ONE_COPY, otherCopyIn, THIS_COPY } from '../context/package-copy.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { ServiceAuthenticator } from '../service-tokens/service-authenticator.js';
import { ADMITS_SERVICES } from './handler-policy.js';

/**
 * Throws AuthConfigError, at boot, for a guard that was given nothing to ask. What the guards inherit from
 * @nestjs/passport makes their dependencies optional in NestJS 11: such a guard would start, and answer 500.
 */
export function refuseUnwired(guard: object, modules: ModulesContainer): never {
  const name = guard.constructor.name;
  const place = hostOf(guard, modules);
  const other = otherCopyIn(modules);
  if (other !== undefined)
    throw new AuthConfigError(
      `${name} in ${place} must be of the same copy of nestjs-aerie as AuthModule (got ${THIS_COPY.folder}, and AuthModule from ${other.folder}): ${ONE_COPY}`,
    );
  const own = [...modules.values()].find(({ metatype }) => metatype.name === 'AuthModule');
  const admitsServices = (guard.constructor as { [ADMITS_SERVICES]?: unknown })[ADMITS_SERVICES] === true;
  const services = admitsServices ? '; ServiceAuthGuard needs "features: [serviceIssuer()]" as well' : '';
  if (admitsServices && own && !own.providers.has(ServiceAuthenticator))
    throw new AuthConfigError(
      `${name} in ${place} needs a feature (got AuthModule without it): give AuthModule features: [serviceIssuer()], from nestjs-aerie/service-tokens`,
    );
  throw new AuthConfigError(
    `${place}, which uses ${name}, must import AuthModule (got no import of it): import AuthModule.forRoot(...) in the root module; with isGlobal: false each module imports the same AuthModule.forRoot(...) object${services}`,
  );
}

/** The module that made this guard. */
function hostOf(guard: object, modules: ModulesContainer): string {
  for (const module of modules.values()) {
    for (const { instance } of [...module.injectables.values(), ...module.providers.values()])
      if (instance === guard) return module.metatype.name;
  }
  return 'a module';
}
