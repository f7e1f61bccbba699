import { type CanActivate, Controller, type ExecutionContext, Get, UseGuards } from '@nestjs/common';
import { CurrentUser, JwtAuthGuard, type Principal, Public, Roles, RolesGuard } from 'nestjs-aerie';

@Controller()
export class OverriddenController {
  @UseGuards(JwtAuthGuard)
  @Get('overridden/:secret')
  overridden(@CurrentUser() user: Principal | undefined, @CurrentUser('id') id: unknown) {
    return { user: user ?? null, id: id ?? null };
  }

  @UseGuards(JwtAuthGuard)
  @Get('other')
  other(@CurrentUser('id') id: unknown) {
    return { id: id ?? null };
  }

  @Roles('editor')
  @UseGuards(JwtAuthGuard, RolesGuard)
  @Get('edited')
  edited(@CurrentUser('id') id: unknown) {
    return { id: id ?? null };
  }

  @Public()
  @Get('open')
  open(@CurrentUser() user: unknown) {
    return { user: user ?? null };
  }
}

/** What many e2e suites put in place of a guard. */
export const standIn = (user: object): CanActivate => ({
  canActivate(context: ExecutionContext) {
    context.switchToHttp().getRequest<{ user: object }>().user = user;
    return true;
  },
});
