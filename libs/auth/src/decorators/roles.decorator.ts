import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const ROLES = Symbol.for('nestjs-aerie.roles');

/**
 * Only principals with any of these roles. Every guard of ours heeds it; add `RolesGuard` only behind a guard that
 * is not ours. On a handler it replaces what its class says.
 */
export const Roles = (...roles: string[]): CustomDecorator<symbol> => SetMetadata(ROLES, roles);
