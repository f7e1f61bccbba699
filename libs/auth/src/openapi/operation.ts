import type { AnswerDescription, JsonSchema, RouteDescription } from '../features/route-description.js';
import { type DescribedError, errorAnswers } from './error-answers.js';
import type { RouteAccess } from './route-access.js';
import type { CookieNames, SecurityRequirement, SecuritySchemes } from './security-schemes.js';

/** An operation of OpenAPI, as far as it is read and written here. */
export interface Operation {
  summary?: string;
  description?: string;
  operationId?: string;
  parameters?: { readonly name?: string; readonly in?: string }[];
  requestBody?: object;
  responses?: Record<string, object>;
  security?: SecurityRequirement[];
  [extension: `x-${string}`]: unknown;
}

const UNSAFE = new Set(['post', 'put', 'patch', 'delete']);
const TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

/** Writes what is known of one route into its operation. */
export class OperationWriter {
  constructor(
    private readonly schemes: SecuritySchemes,
    private readonly cookies: CookieNames,
  ) {}

  /** `description`: of a built-in route, or a feature's; undefined: the application's own. */
  write(
    operation: Operation,
    method: string,
    access: RouteAccess,
    description: RouteDescription | null | undefined,
  ): void {
    if (description) this.describe(operation, description);
    const security = this.securityOf(access, description);
    if (security !== undefined) operation.security ??= security;
    this.sayWhoMay(operation, access);
    const errors = [
      ...this.errorsOf(method, access, security),
      ...(description ? this.errorsIn(description) : []),
    ];
    const answers = errorAnswers(errors, description?.oauthErrors ? 'AuthOAuthError' : 'AuthError');
    // An answer that the application describes stays.
    operation.responses = { ...answers, ...operation.responses };
  }

  private describe(operation: Operation, description: RouteDescription): void {
    const { summary, description: text, body, bodyTypes = ['json'], query = {}, headers = {} } = description;
    operation.summary = summary;
    if (text !== undefined) operation.description = text;
    operation.parameters = [
      ...(operation.parameters ?? []),
      ...parameters('query', query),
      ...parameters('header', headers),
    ];
    if (body)
      operation.requestBody = {
        ...(body.required && { required: true }),
        content: Object.fromEntries(bodyTypes.map((type) => [TYPES[type], { schema: body }])),
      };
    operation.responses = Object.fromEntries(
      Object.entries(description.answers).map(([status, answer]) => [status, this.answer(answer)]),
    );
  }

  private answer({ description, schema, headers = {}, setsCookies = false }: AnswerDescription): object {
    const said = { ...headers, ...(setsCookies && { 'Set-Cookie': `Any of ${this.cookieList()}.` }) };
    const described = Object.entries(said).map(([name, text]) => [
      name,
      { description: text, schema: { type: 'string' } },
    ]);
    return {
      description,
      ...(described.length > 0 && { headers: Object.fromEntries(described) as object }),
      ...(schema && { content: { 'application/json': { schema } } }),
    };
  }

  private cookieList(): string {
    const { session, refresh, access, device } = this.cookies;
    return [session, refresh, access, device]
      .filter((name) => name !== null)
      .map((name) => `\`${name}\``)
      .join(', ');
  }

  private securityOf(
    access: RouteAccess,
    description: RouteDescription | null | undefined,
  ): SecurityRequirement[] | undefined {
    if (access.admits !== null && access.admits.length > 0)
      return this.schemes.forGuards(access.admits, access.scopes ?? []);
    if (description?.credentials) return this.schemes.forCredentials(description.credentials);
    return access.admits === null ? undefined : [];
  }

  private errorsOf(
    method: string,
    { errors }: RouteAccess,
    security: readonly SecurityRequirement[] = [],
  ): readonly DescribedError[] {
    const byCookie = security.some((way) => 'session' in way || 'accessCookie' in way || 'refresh' in way);
    return [...errors, ...(byCookie && UNSAFE.has(method) ? (['AUTH_CSRF_REJECTED'] as const) : [])];
  }

  private errorsIn({ body, answers, errors = [] }: RouteDescription): readonly DescribedError[] {
    const signsIn = Object.values(answers).some(({ setsCookies, schema }) => setsCookies && schema);
    return [
      ...(body ? (['AUTH_REQUEST_INVALID'] as const) : []),
      ...(signsIn && this.cookies.access !== null ? (['AUTH_ACCESS_TOKEN_TOO_LARGE'] as const) : []),
      ...errors,
    ];
  }

  private sayWhoMay(operation: Operation, { roles, scopes, recentSeconds }: RouteAccess): void {
    if (roles) operation['x-roles'] = [...roles];
    if (scopes) operation['x-scopes'] = [...scopes];
    if (recentSeconds !== null) operation['x-max-authentication-age'] = recentSeconds;
    const sentences = [
      ...(roles ? [`Needs one of these roles: ${listed(roles)}.`] : []),
      ...(scopes ? [`Needs all of these scopes: ${listed(scopes)}.`] : []),
      ...(recentSeconds === null ? [] : [`Needs an authentication in the last ${recentSeconds} seconds.`]),
    ];
    if (sentences.length > 0)
      operation.description = [operation.description, sentences.join(' ')].filter(Boolean).join('\n\n');
  }
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

const parameters = (place: 'query' | 'header', given: Readonly<Record<string, JsonSchema>>) =>
  Object.entries(given).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: false,
    ...(description !== undefined && { description }),
    schema,
  }));
