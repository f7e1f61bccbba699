import ts from 'typescript';
import type { DocumentationProgram } from './documentation-program.js';
import type { MarkdownPage } from './markdown.js';

const CALL = /`(?:(\w+)\.)?(\w+)\(([^`]*)\)`/g;

/**
 * Calls that the tables of a page name and that no exported class takes so: `name(subject, { keep?, mode? })` names the
 * parameters as the method does, every required one, and members of an object as its type has them.
 */
export function wrongCalls(page: MarkdownPage, program: DocumentationProgram): string[] {
  return page.prose.flatMap((line, index) =>
    line.trimStart().startsWith('|')
      ? [...line.matchAll(CALL)].flatMap(([, owner, name, given]) => {
          const methods = [...program.methodsOf(name!, owner), ...(owner ? [] : program.functionsOf(name!))];
          if (methods.some((method) => takes(program.checker, method, given!))) return [];
          const call = `${owner ? `${owner}.` : ''}${name}(${given})`;
          return [
            `${page.path}:${index + 1} ${call}: ${methods.length > 0 ? 'takes others' : 'is no method'}`,
          ];
        })
      : [],
  );
}

function takes(checker: ts.TypeChecker, method: ts.SignatureDeclaration, given: string): boolean {
  const named = given.match(/\{[^}]*\}|[^,\s][^,]*/g) ?? [];
  const isRequired = ({ questionToken, initializer }: ts.ParameterDeclaration): boolean =>
    questionToken === undefined && initializer === undefined;
  const parameters = method.parameters.slice(0, named.length);
  if (parameters.length < named.length || method.parameters.slice(named.length).some(isRequired))
    return false;
  return parameters.every((parameter, index) => {
    const text = named[index]!.trim();
    if (!text.startsWith('{')) return text.replace(/\?$/, '') === parameter.name.getText();
    const type = checker.getNonNullableType(checker.getTypeAtLocation(parameter));
    return text
      .slice(1, -1)
      .split(',')
      .map((member) => member.trim())
      .every((member) => {
        const found = checker.getPropertyOfType(type, member.replace(/\?$/, ''));
        const isOptional = found !== undefined && (found.flags & ts.SymbolFlags.Optional) !== 0;
        return found !== undefined && (isOptional || !member.endsWith('?'));
      });
  });
}
