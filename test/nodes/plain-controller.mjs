import { Controller } from '@nestjs/common';

/** Decorates a class as a controller of this path, without a compiler. */
export function controller(type, path, routes) {
  for (const [name, decorators] of Object.entries(routes)) {
    const method = Object.getOwnPropertyDescriptor(type.prototype, name);
    for (const decorate of decorators) decorate(type.prototype, name, method);
  }
  Controller(path)(type);
  return type;
}

/** A decorator of a method for its first parameter. */
export const first = (parameter) => (prototype, name) => parameter(prototype, name, 0);
