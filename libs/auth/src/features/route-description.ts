import type { AuthErrorCode, FeatureErrorCode } from '../errors/auth-error.js';
import type { FeatureErrorKind } from '../errors/feature-error.js';
import type { FieldRule } from '../validation/field-rule.js';

/** The part of JSON Schema that descriptions use. `nullable` is written as each version of OpenAPI has it. */
export interface JsonSchema {
  /** `#/components/schemas/AuthUser`: one of the schemas of `nestjs-aerie/openapi`. */
  readonly $ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/**
 * What a route without a guard takes for a credential. `access-token`: `Authorization: Bearer`, and its cookie where it is in use.
 * `client`: a service's id and secret by HTTP Basic. `none`: the request may come without, or has it in its body.
 */
export type RouteCredential = 'access-token' | 'session' | 'refresh-cookie' | 'client' | 'none';

/** An error of a feature, and what a client does about it. */
export interface FeatureErrorDescription {
  readonly code: FeatureErrorCode;
  readonly kind: FeatureErrorKind;
  readonly todo: string;
}

/** An answer of a route. */
export interface AnswerDescription {
  readonly description: string;
  /** Of the JSON in the body. Left out: the body is empty. */
  readonly schema?: JsonSchema;
  /** What each header says, by its name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it may set or clear the cookies of a sign-in. Default false. */
  readonly setsCookies?: boolean;
}

/**
 * A route in the words of OpenAPI, without a dependency on it: `nestjs-aerie/openapi` makes operations of these. What the guards
 * on the route ask for and refuse is read from the guards.
 */
export interface RouteDescription {
  readonly summary: string;
  /** In Markdown. */
  readonly description?: string;
  /** What the body may be: `bodyOf(fields)` makes it of the fields that `strictBody` checks. Left out: there is none. */
  readonly body?: JsonSchema;
  /** How the body may be sent. Default: JSON alone. */
  readonly bodyTypes?: readonly ('json' | 'form')[];
  /** Parameters of the query. None is required. */
  readonly query?: Readonly<Record<string, JsonSchema>>;
  /** Headers that a client may send. None is required. */
  readonly headers?: Readonly<Record<string, JsonSchema>>;
  /** By their status. */
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** Codes of the errors that the handler throws, beside those of the guards. Default: none. */
  readonly errors?: readonly (AuthErrorCode | FeatureErrorDescription)[];
  /** Whether errors have the members of OAuth too (RFC 6749, section 5.2). Default false. */
  readonly oauthErrors?: boolean;
  /** What a public route takes for a credential by itself: one of these. Default: none. */
  readonly credentials?: readonly RouteCredential[];
}

/** Descriptions of routes, as `{ 'POST /token': ... }`. Null: a page for browsers, which is left out of the document. */
export type RouteDescriptions = Readonly<
  Record<`${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`, RouteDescription | null>
>;

/** The schema of a body that `strictBody` reads. `say`: what its fields are for. */
export function bodyOf(
  fields: Readonly<Record<string, FieldRule>>,
  say: Readonly<Record<string, string>> = {},
): JsonSchema {
  const required = Object.keys(fields).filter((name) => {
    const rule = fields[name]!;
    return rule.type === 'string' && rule.required === true;
  });
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(fields).map(([name, rule]) => [name, fieldSchema(rule, say[name])]),
    ),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function fieldSchema(rule: FieldRule, description: string | undefined): JsonSchema {
  const said = description === undefined ? {} : { description };
  if (rule.type === 'boolean') return { type: 'boolean', ...said };
  const { max, oneOf } = rule;
  return oneOf
    ? { type: 'string', enum: oneOf, ...said }
    : { type: 'string', minLength: 1, ...(max < Infinity && { maxLength: max }), ...said };
}

/** The descriptions of the features that are switched on. */
export abstract class FeatureRoutes {
  abstract readonly descriptions: ReadonlyMap<string, RouteDescription | null>;
}
