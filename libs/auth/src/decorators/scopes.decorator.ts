import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const SCOPES = Symbol.for('nestjs-aerie.scopes');

/**
 * Only credentials with all of these scopes, a person's or a service's: every guard of ours heeds it. On a handler it
 * replaces what its class says.
 */
export const Scopes = (...scopes: string[]): CustomDecorator<symbol> => SetMetadata(SCOPES, scopes);
