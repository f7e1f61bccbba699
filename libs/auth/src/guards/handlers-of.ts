import type { Type } from '@nestjs/common';

/** The methods of a class and of those that it extends, without what is overridden: the name, and the function. */
export function handlersOf(type: Type | null): readonly (readonly [name: string, handler: () => void])[] {
  const handlers: [string, () => void][] = [];
  for (
    let prototype = type?.prototype as object | null | undefined;
    prototype && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype) as object | null
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name === 'constructor' || typeof value !== 'function') continue;
      // Overridden by a class that was looked at before.
      if ((type!.prototype as Record<string, unknown>)[name] === value)
        handlers.push([name, value as () => void]);
    }
  }
  return handlers;
}
