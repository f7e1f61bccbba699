import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const SCOPES = Symbol.for('nestjs-aerie.scopes');

/**
 * Admits only credentials with all of these scopes, of a user or of a service. Every guard of this package checks it. On a
 * handler it replaces the scopes of its class.
 *
 * @throws ForbiddenError (403), from the guard, for a credential that lacks one.
 * @example
 * ```ts
 * import { applyDecorators, Put } from '@nestjs/common';
 * import { Scopes } from 'nestjs-aerie';
 *
 * export const ReplaceNotes = () => applyDecorators(Put('notes'), Scopes('notes:read', 'notes:write'));
 * ```
 */
export const Scopes = (...scopes: string[]): CustomDecorator<symbol> => SetMetadata(SCOPES, scopes);
