import { ConfigurableModuleBuilder, type DynamicModule, type Type } from '@nestjs/common';
import { composeAuthModule } from './auth.providers.js';
import { type AuthStructuralOptions, checkedStructure, STRUCTURAL_DEFAULTS } from './structural-options.js';
import type { AuthOptions } from '../options/auth-options.js';
import { checkAsyncKeys } from '../validation/async-keys.js';

/** What a class given as `useClass` or `useExisting` implements. */
export interface AuthModuleOptionsFactory {
  createAuthOptions(): AuthOptions | Promise<AuthOptions>;
}

/** The options of `forRootAsync`: structural ones, and exactly one source of the runtime ones. */
export type AuthAsyncOptions = AuthStructuralOptions &
  (
    | {
        readonly useFactory: (...args: never[]) => AuthOptions | Promise<AuthOptions>;
        readonly inject?: readonly unknown[];
      }
    | { readonly useClass: Type<AuthModuleOptionsFactory> }
    | { readonly useExisting: Type<AuthModuleOptionsFactory> }
  );

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<AuthOptions>({
  moduleName: 'Auth',
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createAuthOptions')
  .setExtras(STRUCTURAL_DEFAULTS as unknown as AuthStructuralOptions, (definition, extras): DynamicModule =>
    composeAuthModule(definition, checkedStructure(extras), MODULE_OPTIONS_TOKEN),
  )
  .build();

/** What AuthModule extends, with its structural options still to be typed. */
export const ConfigurableAuthModule = ConfigurableModuleClass as unknown as (new () => object) & {
  forRoot(options: object): DynamicModule;
  forRootAsync(options: object): DynamicModule;
};

/** Refuses what Nest would silently drop beside a factory. */
export function checkAsyncOptions(options: AuthAsyncOptions): void {
  checkAsyncKeys(options, Object.keys(STRUCTURAL_DEFAULTS));
}
