// What the measured applications share: a directory of users in memory and the options of AuthModule.
import { Module } from '@nestjs/common';
import { AuthModule, UserDirectory } from 'nestjs-aerie';
import { typeOrmStores } from 'nestjs-aerie/typeorm';

/** Every id is a user: nothing here should cost anything. */
class MemoryUsers extends UserDirectory {
  async findSubject(identifier) {
    return identifier;
  }
  async verifyPassword() {
    return true;
  }
  async loadSubject(id) {
    return { id, roles: ['user'], scopes: [] };
  }
}

class MemoryUsersModule {}
Module({ providers: [MemoryUsers], exports: [MemoryUsers] })(MemoryUsersModule);

/** AuthModule with the defaults of the library, but for what a benchmark says in `options`. */
export function authModule(options) {
  return AuthModule.forRoot({
    imports: [MemoryUsersModule],
    users: MemoryUsers,
    stores: typeOrmStores(),
    secret: 'a secret of at least thirty-two bytes, for benchmarks',
    issuer: 'https://api.example.com',
    // The longest that needs no word of its own: tokens must outlive the rounds.
    accessTokens: { lifetime: '1h' },
    ...options,
  });
}
