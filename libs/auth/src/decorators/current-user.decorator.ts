import { createParamDecorator, type ExecutionContext, type PipeTransform, type Type } from '@nestjs/common';
import { currentUser, isDecided } from '../context/current-principal.js';
import { carrierOf } from '../context/request-of.js';
import { requestUser } from './request-user.js';
import type { Principal } from '../principal/principal.js';

/**
 * The principal of this request, or one member of it: `@CurrentUser() user: Principal`, `@CurrentUser('id') id`.
 * `undefined` on a public handler. Behind a guard that is not ours it is `undefined`, with a warning if that guard set
 * `request.user`; if `nestjs-aerie/testing` is loaded, it is `request.user`.
 *
 * @example
 * ```ts
 * import { CurrentUser, type Principal } from 'nestjs-aerie';
 *
 * export class ProfileController {
 *   me(@CurrentUser() user: Principal) {
 *     return user;
 *   }
 *   id(@CurrentUser('id') id: string) {
 *     return id;
 *   }
 * }
 * ```
 */
export const CurrentUser: CurrentUserDecorator = createParamDecorator(
  (member: keyof Principal | undefined, context: ExecutionContext) => {
    const carrier = carrierOf(context);
    const user = (isDecided(carrier) ? currentUser(carrier) : requestUser(context)) as Principal | undefined;
    return member === undefined ? user : user?.[member];
  },
);

/** Spelt out: what `createParamDecorator` returns has names in NestJS 12 that NestJS 11 does not know. */
type CurrentUserDecorator = (
  ...memberOrPipes: (keyof Principal | PipeTransform | Type<PipeTransform> | undefined)[]
) => ParameterDecorator;
