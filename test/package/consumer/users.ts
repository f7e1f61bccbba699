import { Injectable, Module } from '@nestjs/common';
import { PasswordHasher, type UserDirectory } from 'nestjs-aerie';

@Injectable()
export class Users implements UserDirectory {
  private readonly hash: Promise<string>;

  constructor(private readonly hasher: PasswordHasher) {
    this.hash = hasher.hash('correct horse battery');
  }

  async findSubject(name: string) {
    return name === 'ada' ? 'user-1' : null;
  }

  async verifyPassword(_id: string, password: string) {
    return this.hasher.verify(await this.hash, password);
  }

  async loadSubject(id: string) {
    return { id, roles: ['admin'] };
  }
}

@Module({ providers: [Users], exports: [Users] })
export class UsersModule {}
