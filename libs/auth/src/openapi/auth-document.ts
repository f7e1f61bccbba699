import type { INestApplication } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { type OpenAPIObject, type SwaggerDocumentOptions, SwaggerModule } from '@nestjs/swagger';
import { authSchemas } from './auth-schemas.js';
import { type RouteHandler, routeHandlersIn, takeMark, withMarks } from './marked-handlers.js';
import { schemasFor, withNullTypes } from './named-schemas.js';
import { type Operation, OperationWriter } from './operation.js';
import { accessOf, globalGuardsOf } from './route-access.js';
import { cookieNamesOf, SecuritySchemes } from './security-schemes.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head', 'trace', 'search', 'query'];

type Paths = Record<string, Record<string, unknown>>;
interface Found extends RouteHandler {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

/**
 * `SwaggerModule.createDocument` with authentication in it. The built-in routes and those of features have bodies, answers,
 * errors and cookies. Every route with a guard of ours has the credentials that the guard admits, and the errors that it answers
 * with; `@Public()` routes are public; `@Roles`, `@Scopes` and `@RequireRecentSignIn` are named.
 *
 * What the decorators of `@nestjs/swagger` say on a route stays: its security, and its answers. So does a schema of the
 * application of the same name as one of ours: a class `AuthUser` in `extraModels` describes the users of the application.
 *
 * @throws what `SwaggerModule.createDocument` throws.
 * @example
 * ```ts
 * import type { INestApplication } from '@nestjs/common';
 * import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
 * import { createAuthDocument } from 'nestjs-aerie/openapi';
 *
 * export function serveDocs(app: INestApplication): void {
 *   const config = new DocumentBuilder().setTitle('Notes').build();
 *   SwaggerModule.setup('docs', app, () => createAuthDocument(app, config));
 * }
 * ```
 */
export function createAuthDocument(
  app: INestApplication,
  config: Omit<OpenAPIObject, 'paths'>,
  options?: SwaggerDocumentOptions,
): OpenAPIObject {
  const handlers = routeHandlersIn(app.get(ModulesContainer));
  const document = withMarks(handlers, () => SwaggerModule.createDocument(app, config, options));
  takeMarks(document['webhooks' as 'paths'] as Paths | undefined, handlers);
  const found = takeMarks(document.paths as Paths, handlers);
  const cookies = cookieNamesOf(app);
  const schemes = new SecuritySchemes(cookies, tokenUrlIn(found));
  const writer = new OperationWriter(schemes, cookies);
  const guards = globalGuardsOf(app.get(ApplicationConfig));
  for (const { handler, controller, description, operation, method } of found)
    writer.write(operation, method, accessOf(handler, controller, guards), structuredClone(description));
  giveWay(found);
  // A schema and a scheme of the application's own, of the same name, stay.
  const schemas = structuredClone(schemasFor(document.paths, authSchemas(cookies.access !== null)));
  const components = (document.components ??= {});
  components.schemas = { ...(schemas as typeof components.schemas), ...components.schemas };
  components.securitySchemes = Object.assign({}, schemes.used, components.securitySchemes);
  if (!document.openapi.startsWith('3.0'))
    for (const part of [schemas, ...found.filter(({ description }) => description)]) withNullTypes(part);
  return document;
}

/** The operations with the handlers that they are of. Takes pages for browsers out of the document. */
function takeMarks(paths: Paths | undefined, handlers: readonly RouteHandler[]): readonly Found[] {
  const all: Found[] = [];
  for (const [path, item] of Object.entries(paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method] as (Operation & Record<string, unknown>) | undefined;
      if (!operation) continue;
      const handler = takeMark(operation, path, handlers);
      if (handler?.description === null) delete item[method];
      else if (handler) all.push({ ...handler, path, method, operation });
    }
    if (!METHODS.some((method) => method in item)) delete paths![path];
  }
  return all;
}

/** Where services get tokens; null: not in this document. */
function tokenUrlIn(found: readonly Found[]): string | null {
  const isToken = ({ path, description }: Found): boolean =>
    description?.oauthErrors === true && path.endsWith('/token');
  return found.find(isToken)?.path ?? null;
}

/** An id must be unique: an application may have an AuthController with a login of its own. */
function giveWay(found: readonly Found[]): void {
  const taken = new Set(
    found.flatMap(({ description, operation }) => (description ? [] : [operation.operationId])),
  );
  for (const { description, operation } of found)
    if (description && operation.operationId !== undefined && taken.has(operation.operationId))
      operation.operationId = `BuiltIn${operation.operationId}`;
}
