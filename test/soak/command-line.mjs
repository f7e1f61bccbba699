// Reads the command line of a soak or a crash run: what is wrong is said, with the help, before anything begins.
import { parseArgs } from 'node:util';

/**
 * Options named as in `defaults`: numbers must be numbers above 0 (of a seed: 0 too), lists are taken apart at commas,
 * and `--help` and `--json` are known to all. Exits when there is nothing to run.
 */
export function readCommandLine(help, defaults, allowed = {}) {
  const wrong = (message) => {
    process.stderr.write(`${message}\n\n${help}`);
    process.exit(2);
  };
  let values;
  try {
    const texts = Object.keys(defaults).map((name) => [name, { type: 'string' }]);
    const switches = { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } };
    ({ values } = parseArgs({ options: { ...Object.fromEntries(texts), ...switches } }));
  } catch (error) {
    wrong(error.message);
  }
  if (values.help) {
    process.stdout.write(help);
    process.exit(0);
  }
  const number = (name, text) => {
    const value = Number(text);
    if (text === '' || !Number.isFinite(value) || value < 0 || (value === 0 && name !== 'seed'))
      wrong(`--${name} must be a number above 0 (got ${text})`);
    return value;
  };
  const read = (name, fallback) => {
    const text = values[name];
    if (text === undefined) return fallback;
    if (typeof fallback === 'number') return number(name, text);
    const list = text.split(',');
    return typeof fallback[0] === 'number' ? list.map((one) => number(name, one)) : list;
  };
  const settings = Object.fromEntries(Object.entries(defaults).map(([name, d]) => [name, read(name, d)]));
  for (const [name, of] of Object.entries(allowed)) {
    const unknown = [settings[name]].flat().find((value) => !of.includes(value));
    if (unknown !== undefined) wrong(`--${name} must be of ${of.join(', ')} (got ${unknown})`);
  }
  return { ...settings, json: values.json };
}
