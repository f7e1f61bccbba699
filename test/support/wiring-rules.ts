import ts from 'typescript';
import { type SourceText, visit } from './source-imports.js';

type House = ReadonlyMap<string, SourceText>;

/** The calls of `provide(token, dependencies, factory)` in a file. */
export function provideCalls(syntax: ts.SourceFile): ts.CallExpression[] {
  const calls: ts.CallExpression[] = [];
  visit(syntax, (node) => {
    if (ts.isCallExpression(node) && node.expression.getText(syntax) === 'provide') calls.push(node);
  });
  return calls;
}

/** The list of dependencies of such a call, when it is written there. */
export function dependenciesOf(call: ts.CallExpression): readonly ts.Expression[] {
  const list = call.arguments[1];
  return list && ts.isArrayLiteralExpression(list) ? list.elements : [];
}

const keyOf = (property: ts.ObjectLiteralElementLike): string | undefined =>
  property.name && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))
    ? property.name.text
    : undefined;

const placeOf = ({ path, syntax }: SourceText, node: ts.Node): string =>
  `${path}:${syntax.getLineAndCharacterOfPosition(node.getStart(syntax)).line + 1}`;

/** Factory providers that no compiler checks against their tokens. */
function uncheckedFactories(house: House): string[] {
  const found: string[] = [];
  for (const file of house.values()) {
    if (file.path === 'wiring/provide.ts') continue;
    visit(file.syntax, (node) => {
      if (!ts.isObjectLiteralExpression(node)) return;
      const keys = node.properties.map(keyOf);
      if (keys.includes('provide') && keys.includes('useFactory')) found.push(placeOf(file, node));
    });
  }
  return found;
}

/** Tokens that are named without `nullable()`, and with it at another place: null would come as a surprise. */
function forgottenNulls(house: House): string[] {
  const nullable = new Set<string>();
  const plain: (readonly [name: string, place: string])[] = [];
  const read = (file: SourceText, token: ts.Expression): void => {
    if (ts.isIdentifier(token)) plain.push([token.text, placeOf(file, token)]);
    else if (ts.isCallExpression(token) && token.expression.getText(file.syntax) === 'nullable')
      nullable.add(token.arguments[0]!.getText(file.syntax));
    else if (ts.isObjectLiteralExpression(token))
      for (const property of token.properties)
        if (ts.isPropertyAssignment(property) && keyOf(property) === 'token')
          read(file, property.initializer);
  };
  for (const file of house.values()) {
    for (const call of provideCalls(file.syntax))
      for (const token of [call.arguments[0]!, ...dependenciesOf(call)]) read(file, token);
  }
  return plain.filter(([name]) => nullable.has(name)).map(([name, place]) => `${place} has ${name}`);
}

export const WIRING_RULES = {
  'factories are provided by provide() alone': uncheckedFactories,
  'a token that may be null is nullable wherever it is provided or injected': forgottenNulls,
};
