import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv } from 'ajv';
import { FormerCredentials } from '../../libs/auth/src/context/credentials/former-credentials.js';
import type { Answer, HttpClient, RequestInput } from './http-client.js';

type Schema = Record<string, any>;
interface Described {
  /** Left out for a route that no description of ours has. */
  readonly summary?: string;
  readonly responses: Record<
    string,
    { headers?: Record<string, unknown>; content?: Record<string, { schema: Schema }> }
  >;
  readonly requestBody?: { content: Record<string, { schema: Schema }> };
}

const FORMATS = { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, uri: /^https?:\/\// };
const SUCCESSES = /^(2|304)/;

/** Holds answers against the document that describes them. */
export class DescribedAnswers {
  /** Each operation with the status that was seen, as `post /auth/login 200`. */
  readonly seen = new Set<string>();
  private readonly ajv = new Ajv({ strict: false, allErrors: true, formats: FORMATS });
  private readonly known: readonly { pattern: RegExp; path: string; item: Record<string, Described> }[];

  constructor(
    private readonly document: OpenAPIObject,
    /** Whether an answer may set cookies where none is described. */
    private readonly setsCookiesAnywhere = false,
  ) {
    this.known = Object.entries(document.paths).map(([path, item]) => ({
      path,
      pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`),
      item: item as Record<string, Described>,
    }));
  }

  /** Every operation with every status that it is described with. */
  get described(): readonly string[] {
    return this.known.flatMap(({ path, item }) =>
      Object.entries(item).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method} ${path} ${status}`),
      ),
    );
  }

  /** Throws for an answer that is not as it is described. Whether a description of a route is in the document. */
  check(method: string, target: string, input: RequestInput, answer: Answer): boolean {
    const [path = ''] = target.split('?');
    const found = this.known.find(({ pattern, item }) => pattern.test(path) && item[method.toLowerCase()]);
    if (!found) return false;
    const operation = found.item[method.toLowerCase()]!;
    if (operation.summary === undefined) return false;
    const status = String(answer.status);
    const name = `${method.toLowerCase()} ${found.path} ${status}`;
    this.seen.add(name);
    // A mistake of the application, such as a directory that throws: no code, and nothing to describe.
    if (answer.status === 500 && answer.body?.code === undefined) return true;
    const response = operation.responses[status];
    if (!response) throw new Error(`${name} is not described: ${JSON.stringify(answer.body)}`);
    const schema = response.content?.['application/json']?.schema;
    if (schema) this.validate(name, schema, answer.body);
    else if (answer.body !== undefined) throw new Error(`${name} has a body: ${JSON.stringify(answer.body)}`);
    const headers = Object.keys(response.headers ?? {}).map((header) => header.toLowerCase());
    if (!this.setsCookiesAnywhere && answer.setCookies.length > 0 && !headers.includes('set-cookie'))
      throw new Error(
        `${name} sets cookies: ${answer.setCookies.map((line) => line.split('=')[0]).join(', ')}`,
      );
    for (const header of headers)
      if (header !== 'set-cookie' && !answer.headers.has(header)) throw new Error(`${name} lacks ${header}`);
    if (SUCCESSES.test(status)) this.checkRequest(name, operation, input);
    return true;
  }

  private checkRequest(
    name: string,
    { requestBody }: Described,
    { json, raw, headers = {} }: RequestInput,
  ): void {
    const isJson = /json/.test(headers['content-type'] ?? '');
    const read = (text: string) =>
      (isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))) as object;
    // Bytes come from a beacon: its route ignores them.
    const body = json ?? (typeof raw === 'string' ? read(raw) : undefined);
    if (body === undefined) return;
    const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
    if (!schema) throw new Error(`${name} takes a body: ${JSON.stringify(body)}`);
    this.validate(`the request of ${name}`, schema, body);
  }

  private validate(name: string, schema: Schema, value: unknown): void {
    const validate = this.ajv.compile(this.closed(schema));
    if (validate(value)) return;
    throw new Error(
      `${name} is not as described: ${this.ajv.errorsText(validate.errors)}: ${JSON.stringify(value)}`,
    );
  }

  /** The same schema, which admits no member that it does not name. */
  private closed(schema: Schema): Schema {
    if (schema['$ref']) {
      const name = String(schema['$ref']).replace('#/components/schemas/', '');
      return this.closed((this.document.components!.schemas as Record<string, Schema>)[name]!);
    }
    if (schema['allOf'])
      return this.closed(merged((schema['allOf'] as Schema[]).map((one) => this.opened(one))));
    const { anyOf, items, properties, ...rest } = schema;
    return {
      ...rest,
      ...(anyOf && { anyOf: (anyOf as Schema[]).map((one) => this.closed(one)) }),
      ...(items && { items: this.closed(items as Schema) }),
      ...(properties && {
        additionalProperties: false,
        ...rest,
        properties: Object.fromEntries(
          Object.entries(properties as Record<string, Schema>).map(([name, one]) => [name, this.closed(one)]),
        ),
      }),
    };
  }

  private opened(schema: Schema): Schema {
    if (!schema['$ref']) return schema;
    const name = String(schema['$ref']).replace('#/components/schemas/', '');
    const named = (this.document.components!.schemas as Record<string, Schema>)[name]!;
    return named['allOf'] ? merged((named['allOf'] as Schema[]).map((one) => this.opened(one))) : named;
  }
}

function merged(schemas: readonly Schema[]): Schema {
  return {
    type: 'object',
    properties: Object.assign({}, ...schemas.map(({ properties }) => properties as object)) as Schema,
    required: schemas.flatMap(({ required = [] }) => required as string[]),
  };
}

/** Has each answer to a client held against the document of its application. */
export function watchAnswers(client: HttpClient, answers: DescribedAnswers): void {
  const send = client.send.bind(client);
  client.send = async (method, path, input = {}) => {
    const answer = await send(method, path, input);
    answers.check(method, path, input, answer);
    return answer;
  };
}

/** The document of an application, of the routes of AuthModule alone. */
export async function builtInAnswers(app: INestApplication): Promise<DescribedAnswers> {
  const { DocumentBuilder } = await import('@nestjs/swagger');
  const { AuthModule } = await import('nestjs-aerie');
  const { createAuthDocument } = await import('nestjs-aerie/openapi');
  const options = { include: [AuthModule] };
  const document = createAuthDocument(app, new DocumentBuilder().build(), options);
  // Any guard hands out a sign-in for a credential of the former library (docs/moving.md).
  const hasFormer = app.get(FormerCredentials, { strict: false }) !== null;
  return new DescribedAnswers(document, hasFormer);
}
