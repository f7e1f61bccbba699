// Reads the command line of the benchmarks: whole numbers, texts and switches, each with a default.
import { parseArgs } from 'node:util';

/** Options named as in `defaults`; the type of a default is the type of its option. Exits for an unknown one. */
export function readArguments(defaults) {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      { type: typeof value === 'boolean' ? 'boolean' : 'string' },
    ]),
  );
  try {
    const { values } = parseArgs({ options });
    return Object.fromEntries(
      Object.entries(defaults).map(([name, fallback]) => [name, convert(name, values[name], fallback)]),
    );
  } catch (error) {
    console.error(
      `${error.message}\nknown options: ${Object.keys(defaults)
        .map((name) => `--${name}`)
        .join(' ')}`,
    );
    process.exit(2);
  }
}

function convert(name, given, fallback) {
  if (given === undefined || typeof fallback !== 'number') return given ?? fallback;
  const value = Number(given);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} must be a number above 0`);
  return value;
}
