import { createParamDecorator, type ExecutionContext, type PipeTransform, type Type } from '@nestjs/common';
import { currentService } from '../context/current-principal.js';
import { carrierOf } from '../context/request-of.js';
import type { ServicePrincipal } from '../service-tokens/service-token.js';

/**
 * The service that makes this request, or one member of it: `@CurrentService() service: ServicePrincipal`,
 * `@CurrentService('clientId') id`. `undefined` on a public handler, and behind every guard except `ServiceAuthGuard`.
 */
export const CurrentService: CurrentServiceDecorator = createParamDecorator(
  (member: keyof ServicePrincipal | undefined, context: ExecutionContext) => {
    const service = currentService(carrierOf(context));
    return member === undefined ? service : service?.[member];
  },
);

/** Spelt out: what `createParamDecorator` returns has names in NestJS 12 that NestJS 11 does not know. */
type CurrentServiceDecorator = (
  ...memberOrPipes: (keyof ServicePrincipal | PipeTransform | Type<PipeTransform> | undefined)[]
) => ParameterDecorator;
