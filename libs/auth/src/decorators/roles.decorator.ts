import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const ROLES = Symbol.for('nestjs-aerie.roles');

/**
 * Admits only principals with any of these roles. Every guard of this package checks it; add `RolesGuard` only behind a guard
 * that is not ours. On a handler it replaces the roles of its class.
 */
export const Roles = (...roles: string[]): CustomDecorator<symbol> => SetMetadata(ROLES, roles);
