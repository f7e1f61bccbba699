import { BadRequestException, Body, Controller, Get, Post, Req } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiOkResponse,
} from '@nestjs/swagger';
import { CurrentUser, PasswordPolicy, Public, requesterOf } from 'nestjs-aerie';
import { EmailVerification } from 'nestjs-aerie/account-flows';
import { NewUser, ShownUser } from './user-shapes.js';
import { UsersService } from './users.service.js';

const EMAIL = /^[^\s@\0]+@[^\s@\0]+\.[^\s@\0]+$/;

@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordPolicy,
    private readonly verification: EmailVerification,
  ) {}

  @Public()
  @Post()
  @ApiBody({ type: NewUser })
  @ApiCreatedResponse({ type: ShownUser })
  @ApiBadRequestResponse({ description: 'No e-mail address, or a password that the policy refuses.' })
  @ApiConflictResponse({ description: 'There is such a user.' })
  async register(@Body() body: unknown, @Req() request: Parameters<typeof requesterOf>[0]) {
    const { email, password } = (body ?? {}) as Record<string, unknown>;
    if (typeof email !== 'string' || email.length > 320 || !EMAIL.test(email) || !email.isWellFormed()) {
      throw new BadRequestException('"email" must be an e-mail address.');
    }
    if (typeof password !== 'string') throw new BadRequestException('"password" must be a text.');
    await this.passwords.check(password, { names: [email] });
    const requester = requesterOf(request);
    const user = await this.users.register(email, password, requester);
    this.verification.ask(user.id, requester);
    return user;
  }

  @Get('me')
  @ApiOkResponse({ type: ShownUser })
  me(@CurrentUser('id') id: string) {
    return this.users.profile(id);
  }
}
