import { ConfigurableModuleBuilder, type DynamicModule, type Type } from '@nestjs/common';
import { checkAsyncKeys } from '../validation/async-keys.js';
import type { ResourceServerOptions } from './resource-server.options.js';
import { composeResourceServerModule } from './resource-server.providers.js';
import {
  checkedStructure,
  RESOURCE_SERVER_STRUCTURE,
  type ResourceServerStructuralOptions,
} from './resource-server.structure.js';

/** The interface of a class for `useClass` or `useExisting`. */
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
  checkAsyncKeys(options, Object.keys(RESOURCE_SERVER_STRUCTURE));
}
