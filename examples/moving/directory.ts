import { Injectable, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type GivesPasswordHashes, UserDirectory } from 'nestjs-aerie';
import { User, Users } from './users.js';

/** What AuthModule asks about users. Ids come as text, and the table has numbers. */
@Injectable()
export class Directory extends UserDirectory implements GivesPasswordHashes {
  constructor(private readonly users: Users) {
    super();
  }

  async findSubject(email: string) {
    return (await this.users.byEmail(email))?.id ?? null;
  }

  /** AuthModule verifies bcrypt. Without `setPasswordHash` the hashes stay as the former code needs them. */
  async passwordHashOf(id: string) {
    return (await this.users.byId(Number(id)))?.passwordHash ?? null;
  }

  async loadSubject(id: string) {
    const user = await this.users.byId(Number(id));
    return user && { id: user.id, roles: [user.role] };
  }
}

@Module({
  imports: [TypeOrmModule.forFeature([User])],
  providers: [Users, Directory],
  exports: [Users, Directory],
})
export class UsersModule {}
