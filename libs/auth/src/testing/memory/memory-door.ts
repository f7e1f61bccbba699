import { AuthStores } from '../../stores/auth-stores.js';
import type { StoresDoor } from '../../stores/stores-door.js';
import { provide } from '../../wiring/provide.js';
import { MemoryStores } from './memory-stores.js';

/**
 * The stores of an application that has no database yet: each application gets stores of its own, in memory. Every sign-in
 * ends with the process, and other processes do not know of it: use it for development, never in production.
 *
 * @example
 * ```ts
 * import { AuthModule, type CompleteUserDirectory } from 'nestjs-aerie';
 * import { memoryStores } from 'nestjs-aerie/memory';
 *
 * declare const Users: new () => CompleteUserDirectory;
 *
 * export const auth = AuthModule.forRoot({
 *   users: Users,
 *   stores: memoryStores(),
 *   secret: process.env['AUTH_SECRET'],
 *   issuer: 'http://localhost:3000',
 * });
 * ```
 */
export function memoryStores(): StoresDoor {
  return { provider: provide(AuthStores, [], () => new MemoryStores()) };
}
