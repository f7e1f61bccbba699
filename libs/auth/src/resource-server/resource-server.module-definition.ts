import { ConfigurableModuleBuilder, type DynamicModule, type Type } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';
import type { ResourceServerOptions } from './resource-server.options.js';
import { composeResourceServerModule } from './resource-server.providers.js';
import {
  checkedStructure,
  RESOURCE_SERVER_STRUCTURE,
  type ResourceServerStructuralOptions,
} from './resource-server.structure.js';

/** What a class given as `useClass` or `useExisting` implements. */
export interface ResourceServerOptionsFactory {
  createResourceServerOptions(): ResourceServerOptions | Promise<ResourceServerOptions>;
}

/** The options of `forRootAsync`: structural ones, and exactly one source of the runtime ones. */
export type ResourceServerAsyncOptions = ResourceServerStructuralOptions &
  (
    | {
        readonly useFactory: (...args: never[]) => ResourceServerOptions | Promise<ResourceServerOptions>;
        readonly inject?: readonly unknown[];
      }
    | { readonly useClass: Type<ResourceServerOptionsFactory> }
    | { readonly useExisting: Type<ResourceServerOptionsFactory> }
  );

const SOURCES = ['useFactory', 'useClass', 'useExisting'];
const ASYNC_KEYS = [
  ...SOURCES,
  'inject',
  'provideInjectionTokensFrom',
  ...Object.keys(RESOURCE_SERVER_STRUCTURE),
];

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<ResourceServerOptions>({ moduleName: 'ResourceServer' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createResourceServerOptions')
    .setExtras(
      RESOURCE_SERVER_STRUCTURE as ResourceServerStructuralOptions,
      (definition, extras): DynamicModule =>
        composeResourceServerModule(definition, checkedStructure(extras), MODULE_OPTIONS_TOKEN),
    )
    .build();

/** What ResourceServerModule extends, with its options still to be typed. */
export const ConfigurableResourceServerModule = ConfigurableModuleClass as unknown as (new () => object) & {
  forRoot(options: object): DynamicModule;
  forRootAsync(options: object): DynamicModule;
};

/** Refuses what Nest would silently drop beside a factory. */
export function checkAsyncOptions(options: ResourceServerAsyncOptions): void {
  for (const key of Object.keys(options)) {
    if (!ASYNC_KEYS.includes(key)) {
      throw new AuthConfigError(
        `"${key}" must be returned by the factory, or left out (got it beside the factory; known there: ${ASYNC_KEYS.join(', ')})`,
      );
    }
  }
  const given = SOURCES.filter(
    (source) => (options as unknown as Record<string, unknown>)[source] !== undefined,
  );
  if (given.length !== 1) {
    throw new AuthConfigError(
      `forRootAsync must be given exactly one of ${SOURCES.join(', ')} (got ${given.join(', ') || 'none'})`,
    );
  }
}
