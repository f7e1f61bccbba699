import { BadRequestException, Body, Controller, Get, Post, Req } from '@nestjs/common';
import { CurrentUser, Public, requesterOf } from 'nestjs-aerie';
import { checkPassword } from './password-rules.js';
import { UsersService } from './users.service.js';

const EMAIL = /^[^\s@\0]+@[^\s@\0]+\.[^\s@\0]+$/;

@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Public()
  @Post()
  register(@Body() body: unknown, @Req() request: Parameters<typeof requesterOf>[0]) {
    const { email, password } = (body ?? {}) as Record<string, unknown>;
    if (typeof email !== 'string' || email.length > 320 || !EMAIL.test(email) || !email.isWellFormed()) {
      throw new BadRequestException('"email" must be an e-mail address.');
    }
    if (typeof password !== 'string') throw new BadRequestException('"password" must be a text.');
    checkPassword(password, email);
    return this.users.register(email, password, requesterOf(request));
  }

  @Get('me')
  me(@CurrentUser('id') id: string) {
    return this.users.profile(id);
  }
}
