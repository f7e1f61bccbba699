// Says on stderr what is going on, so that stdout holds the results alone.

export function progress(message) {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${message}\n`);
}
