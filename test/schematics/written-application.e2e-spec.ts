// The application that `nest add nestjs-aerie` writes: it compiles, and guards its route without a further edit.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import ts from 'typescript';
import { type WrittenProject, writtenProject, expectGuardedRoute } from './written-project.js';

const LIBRARY = join(import.meta.dirname, '../../libs/auth/src');

describe('the application that is written', () => {
  let project: WrittenProject;
  beforeAll(async () => {
    project = await writtenProject();
  });
  afterAll(() => project.remove());

  it('compiles', () => {
    const program = ts.createProgram([join(project.folder, 'src/app.module.ts')], {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      types: ['node'],
      strict: true,
      isolatedModules: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      skipLibCheck: true,
      noEmit: true,
      paths: {
        'nestjs-aerie': [join(LIBRARY, 'index.ts')],
        'nestjs-aerie/memory': [join(LIBRARY, 'testing/memory/index.ts')],
      },
    });
    const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(project.folder));
    expect(own).toHaveLength(8);
    const said = own.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]);
    expect(said.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  });

  it('admits to its route signed-in users alone', () => expectGuardedRoute(project.folder));
});
