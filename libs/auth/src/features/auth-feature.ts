import type { InjectionToken, Provider, Type } from '@nestjs/common';
import type { TableDefinition } from '../sql/database/table-definition.js';
import type { AnyFeatureStore } from '../stores/feature-store.js';
import type { OptionReader } from '../validation/option-reader.js';
import type { Token, TypedToken } from '../wiring/provide.js';
import type { RouteDescriptions } from './route-description.js';

/** Options by value, or by a factory whose dependencies the imports of AuthModule export. */
export type FeatureOptionsSource<Given> =
  | Given
  | {
      readonly inject?: readonly InjectionToken[];
      readonly useFactory: (...values: never[]) => Given | Promise<Given>;
    };

/** How a feature reads its options. */
export interface FeatureOptions<Read = unknown> {
  /** Under which its providers inject what was read. */
  readonly token: (abstract new () => Read) | TypedToken<Read>;
  /** What the application gave. */
  readonly from: FeatureOptionsSource<object>;
  /** Checks and defaults each option. The name of the feature is the path in errors; an unknown key is refused afterwards. */
  read(reader: OptionReader): Read;
}

/** Columns that came to a table later. */
export interface AddedColumns {
  /** As it is today, with these columns. An earlier migration creates it. */
  readonly table: TableDefinition;
  /** Their properties. Each is nullable or has a default: a node of the former version still writes rows without it. */
  readonly columns: readonly string[];
}

/**
 * Tables that came together, or columns that came later, and the migration that makes them. Its name is for good, and ends
 * with a time in milliseconds.
 */
export interface FeatureMigration {
  /** Such as `CreateLoginNotes1796601600000`. */
  readonly name: string;
  readonly creates: readonly TableDefinition[];
  readonly adds?: readonly AddedColumns[];
}

/**
 * Something that an application switches on: `AuthModule.forRoot({ features: [it()] })`. It is a plain object that holds all
 * of itself; what is left out, it does not have. A feature that is not in the list costs no table, route, provider or
 * loaded file.
 */
export interface AuthFeature {
  /** Lower-case words with hyphens: the options' path in errors, and the prefix of its events. */
  readonly name: string;
  /** Names of features that must be switched on as well. */
  readonly needs?: readonly string[];
  /** Its tables, in the order of their migrations. */
  readonly tables?: readonly FeatureMigration[];
  /** Its stores. Each is a provider under its port. */
  readonly stores?: readonly AnyFeatureStore[];
  readonly options?: FeatureOptions;
  readonly providers?: readonly Provider[];
  /** Without a path: they are mounted under that of the built-in routes, and left out with `routes: false`. */
  readonly controllers?: readonly Type[];
  /**
   * Routes whose bodies are read before the framework parses them, so that a malformed or oversized one is refused with a
   * code: `{ 'POST /token': 'form' }`. The paths are those under the built-in routes' path.
   */
  readonly bodies?: Readonly<Record<`${'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`, 'form' | 'json'>>;
  /** Its routes for `nestjs-aerie/openapi`: `{ 'POST /token': { summary, answers } }`. A route without is shown as its guards tell. */
  readonly describes?: RouteDescriptions;
  /** What the application may inject. */
  readonly exports?: readonly InjectionToken[];
  /** A provider whose expired rows the sweeper deletes. */
  readonly sweep?: Token;
  /** A provider that is `FormerCredentials`: what signed people in before us, and is accepted for a while. One feature at most. */
  readonly formerCredentials?: Token;
  /** Types of the security events that it records: `name.what`. */
  readonly events?: readonly `${string}.${string}`[];
  /** Codes of the errors that it throws. */
  readonly codes?: readonly string[];
}

/** What `AuthFeature.sweep` names. */
export interface Sweepable {
  /** Deletes up to `limit` rows; how many. */
  sweep(limit: number): Promise<number>;
}

/** The tables of features, each with the feature that needs it. */
export function tablesOf(
  features: readonly AuthFeature[],
): readonly { readonly feature: string; readonly definition: TableDefinition }[] {
  return features.flatMap(({ name, tables = [] }) =>
    tables.flatMap(({ creates }) => creates.map((definition) => ({ feature: name, definition }))),
  );
}
