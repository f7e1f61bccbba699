// Preloaded into processes that name better-sqlite3: where Node.js runs version 13, they get that, as tests do.
const Module = require('node:module');

if (Number(process.versions.napi) >= 10) {
  const original = Module._resolveFilename;
  Module._resolveFilename = function (request, ...rest) {
    return original.call(this, request === 'better-sqlite3' ? 'better-sqlite3-13' : request, ...rest);
  };
}
