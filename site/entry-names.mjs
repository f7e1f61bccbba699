// A plugin of TypeDoc: modules are named as they are imported, `nestjs-aerie/sql`, not by their folder.
import { relative } from 'node:path';
import { Converter, ReflectionKind } from 'typedoc';
import { ENTRIES } from './entries.mjs';

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const module of context.project.getReflectionsByKind(ReflectionKind.Module)) {
      const file = context.getSymbolFromReflection(module)?.declarations?.[0]?.getSourceFile().fileName;
      const entry = ENTRIES.find(({ source }) => file && relative(source, file) === '');
      if (entry) module.name = entry.name;
    }
  });
}
