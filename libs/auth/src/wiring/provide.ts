import type { FactoryProvider, InjectionToken } from '@nestjs/common';

/** A class, abstract or not, as the token of its instances. */
type ClassToken<T> = abstract new (...args: never) => T;

declare const PROVIDED: unique symbol;
/** A token with the type of its value. The type is known to the compiler alone: at run time it is the token itself. */
export interface TypedToken<T> {
  readonly [PROVIDED]: T;
}

/** What may be provided and injected. The value of a bare string or symbol is `unknown`. */
export type Token = ClassToken<unknown> | TypedToken<unknown> | string | symbol;
/** A token, or Nest's own form for one that may have no provider. */
export type Dependency = Token | { readonly token: Token; readonly optional: true };

/** The value that a token stands for; `undefined` may come for an optional one. */
export type ValueOf<D extends Dependency> =
  D extends TypedToken<infer T>
    ? T
    : D extends ClassToken<infer T>
      ? T
      : D extends { readonly token: infer K extends Token }
        ? ValueOf<K> | undefined
        : unknown;

/**
 * A provider whose factory is checked against its tokens: `provide(Codec, [DerivedKeys], (keys) => new Codec(keys))`.
 * The types of the factory's parameters come from the list; what it returns must be what `token` stands for.
 */
export function provide<K extends Token, const D extends readonly Dependency[]>(
  token: K,
  dependencies: D,
  useFactory: (...values: { readonly [I in keyof D]: ValueOf<D[I]> }) => ValueOf<K> | Promise<ValueOf<K>>,
): FactoryProvider<ValueOf<K>> {
  const inject = [...dependencies] as FactoryProvider['inject'] & {};
  return {
    provide: token as InjectionToken,
    inject,
    useFactory: useFactory as FactoryProvider<ValueOf<K>>['useFactory'],
  };
}

/** The same token, for a provider that may give null: both its provider and all that inject it say so. */
export function nullable<T>(token: ClassToken<T>): TypedToken<T | null> {
  return token as unknown as TypedToken<T | null>;
}

/** A string, a symbol, or another library's token, with the type of its value. */
export function typed<T>(token: InjectionToken): TypedToken<T> {
  return token as unknown as TypedToken<T>;
}
