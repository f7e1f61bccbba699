import { describe, expect, it } from '@jest/globals';
import { forwardRef, Inject, Injectable } from '@nestjs/common';
import { CIRCLE_CHECK, type ModuleNode, type ProviderNode, refuseCircles } from './provider-circle.js';

class Service {}
class Source {}

@Injectable()
class Users {
  constructor(readonly service: Service) {}
}
@Injectable()
class LateUsers {
  constructor(@Inject(forwardRef(() => Service)) readonly service: Service) {}
}
@Injectable()
class PropertyUsers {
  @Inject(Service) readonly service!: Service;
}

type Inject = NonNullable<ProviderNode['inject']>;
const factory = (name: unknown, ...inject: Inject): [unknown, ProviderNode] => [name, { name, inject }];
const made = (metatype: { name: string }): [unknown, ProviderNode] => [
  metatype,
  { name: metatype.name, metatype },
];
const moduleOf = (
  providers: [unknown, ProviderNode][],
  imports: ModuleNode[] = [],
  exports: unknown[] = [],
): ModuleNode => ({
  providers: new Map(providers),
  imports: new Set(imports),
  exports: new Set(exports),
});

/** Our module, with a service that needs the source, and the source that needs the host's class. */
function hosted(users: { name: string }, needed: unknown = users): ModuleNode[] {
  const own = new Set<ModuleNode>();
  const host: ModuleNode = { ...moduleOf([made(users)], [], [users]), imports: own };
  const ours = moduleOf(
    [factory(CIRCLE_CHECK), factory(Service, Source), factory(Source, needed)],
    [moduleOf([], [host])],
    [Service],
  );
  own.add(ours);
  return [host, ours];
}

describe('a circle of providers', () => {
  it('through another module is named, from end to end', () => {
    expect(() => refuseCircles(hosted(Users))).toThrow('Service -> Source -> Users -> Service');
  });

  it.each<[string, ModuleNode[]]>([
    ['an optional dependency', hosted(Users, { token: Users, optional: true })],
    ['a property', hosted(PropertyUsers)],
  ])('by %s is one too', (_what, modules) => {
    expect(() => refuseCircles(modules)).toThrow(/Service -> Source -> \w+ -> Service/);
  });

  it('is none where forwardRef puts a class off', () => {
    expect(() => refuseCircles(hosted(LateUsers))).not.toThrow();
  });

  it('is none where two ask for the same, or for what is not there', () => {
    const providers = [
      factory(CIRCLE_CHECK),
      factory('a', 'c', 'nowhere'),
      factory('b', 'c', 'a'),
      factory('c'),
    ];
    expect(() => refuseCircles([moduleOf(providers)])).not.toThrow();
  });

  it('of others, in which nothing of ours takes part, is left to Nest', () => {
    const others = moduleOf([factory('a', 'b'), factory('b', 'a')], [], ['a']);
    expect(() =>
      refuseCircles([moduleOf([factory(CIRCLE_CHECK), factory('c', 'a')], [others])]),
    ).not.toThrow();
  });
});
