import type { JsonSchema } from '../features/route-description.js';

const REFERENCE = '#/components/schemas/';

/** The names of the schemas that a part of a document refers to. */
function referredIn(part: unknown, names = new Set<string>()): Set<string> {
  if (typeof part !== 'object' || part === null) return names;
  for (const [key, value] of Object.entries(part)) {
    if (key === '$ref' && typeof value === 'string' && value.startsWith(REFERENCE))
      names.add(value.slice(REFERENCE.length));
    else referredIn(value, names);
  }
  return names;
}

/** The schemas of `known` that the paths refer to, and those that these refer to. */
export function schemasFor(
  paths: unknown,
  known: Readonly<Record<string, JsonSchema>>,
): Readonly<Record<string, JsonSchema>> {
  const names = referredIn(paths);
  // A name that is added while the set is walked is walked too.
  for (const name of names) referredIn(known[name], names);
  return Object.fromEntries(Object.entries(known).filter(([name]) => names.has(name)));
}

/** A part of a document as OpenAPI 3.1 has it: `nullable` is gone, `null` is a type. In place. */
export function withNullTypes(part: unknown): void {
  if (typeof part !== 'object' || part === null) return;
  const schema = part as { nullable?: unknown; type?: unknown };
  if (schema.nullable === true && typeof schema.type === 'string') {
    delete schema.nullable;
    schema.type = [schema.type, 'null'];
  }
  for (const value of Object.values(part)) withNullTypes(value);
}
