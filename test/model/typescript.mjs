/**
 * Lets Node run the model's TypeScript as it is: `node --import ./test/model/typescript.mjs test/model/print.ts`. Under
 * Jest every promise is watched, which makes a million schedules two to three times slower.
 */
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

/** Where an entry is not in the folder of its name. */
const FOLDERS = { '/feature': '/features', '/service-tokens': '/features/service-issuer' };
const SOURCES = new URL('../../libs/auth/src/', import.meta.url);

// This file is loaded twice: by --import, and then by itself, on the thread that resolves modules.
if (!new URL(import.meta.url).searchParams.has('hooks')) register(`${import.meta.url}?hooks`);

export function resolve(specifier, context, next) {
  const entry = /^nestjs-aerie(\/[a-z-]+)?$/.exec(specifier);
  if (entry) {
    const folder = FOLDERS[entry[1]] ?? entry[1] ?? '';
    return { url: new URL(`.${folder}/index.ts`, SOURCES).href, shortCircuit: true };
  }
  const ours = /^\.\.?\//.test(specifier) && context.parentURL?.endsWith('.ts');
  return next(ours ? specifier.replace(/\.js$/, '.ts') : specifier, context);
}

export function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    swcrc: false,
    filename,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      // As in jest.config.mjs.
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
      target: 'es2022',
      keepClassNames: true,
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  });
  return { format: 'module', source: code, shortCircuit: true };
}
