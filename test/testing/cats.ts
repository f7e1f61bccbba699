import { Controller, Delete, Get, Post, UseGuards } from '@nestjs/common';
import {
  AnyAuthGuard,
  AuthenticationService,
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  Public,
  Roles,
  Scopes,
  SessionAuthGuard,
} from 'nestjs-aerie';

/** A controller of an application: guarded in every way, and it injects what AuthModule exports. */
@Controller('cats')
export class CatsController {
  constructor(readonly authentication: AuthenticationService) {}

  @UseGuards(JwtAuthGuard)
  @Get('token')
  byToken(@CurrentUser() { id }: Principal) {
    return { id };
  }
  @UseGuards(SessionAuthGuard)
  @Post('session')
  bySession(@CurrentUser() { id }: Principal) {
    return { id };
  }
  @UseGuards(AnyAuthGuard)
  @Get()
  list(@CurrentUser() user: Principal) {
    return { user };
  }
  @UseGuards(AnyAuthGuard)
  @Roles('admin')
  @Delete()
  clear(@CurrentUser('id') id: string) {
    return { id };
  }
  @UseGuards(AnyAuthGuard)
  @Scopes('cats:write')
  @Post()
  add(@CurrentUser('id') id: string) {
    return { id };
  }
  @UseGuards(AnyAuthGuard)
  @Public({ optional: true })
  @Get('open')
  open(@CurrentUser('id') id?: string) {
    return { id: id ?? null };
  }
  @UseGuards(AnyAuthGuard)
  @Post('leave')
  async leave(@CurrentUser() user: Principal) {
    return { ended: await this.authentication.endAllSignIns(user.id) };
  }
}
