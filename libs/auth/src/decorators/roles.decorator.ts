import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const ROLES = Symbol.for('nestjs-aerie.roles');

/**
 * Admits only principals with any of these roles. Every guard of this package checks it; add `RolesGuard` only behind a guard
 * that is not ours. On a handler it replaces the roles of its class.
 *
 * @throws ForbiddenError (403), from the guard, for a principal without any of them.
 * @example
 * ```ts
 * import { applyDecorators, Get } from '@nestjs/common';
 * import { Roles } from 'nestjs-aerie';
 *
 * export const Support = () => applyDecorators(Get('users'), Roles('admin', 'support'));
 * ```
 */
export const Roles = (...roles: string[]): CustomDecorator<symbol> => SetMetadata(ROLES, roles);
