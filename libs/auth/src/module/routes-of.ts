import { RequestMethod, type Type } from '@nestjs/common';

/** The routes of a controller that has no path yet, as `POST /token`; parameters are all alike. */
export function routesOf(controller: Type): string[] {
  const prototype = controller.prototype as object;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
    if (typeof handler !== 'function') return [];
    const method: unknown = Reflect.getMetadata('method', handler);
    const path: unknown = Reflect.getMetadata('path', handler);
    if (typeof method !== 'number') return [];
    return [path].flat().map((one) => {
      const plain = String(one)
        .replace(/^\/+|\/+$/g, '')
        .replace(/:\w+/g, ':');
      return `${RequestMethod[method]} /${plain}`;
    });
  });
}
