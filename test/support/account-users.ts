import { Injectable, Module } from '@nestjs/common';
import type { AccountEmail, EmailReplacement, KeepsEmailAddresses } from 'nestjs-aerie';
import { PasswordHasher } from 'nestjs-aerie';
import { HashUsers, type TestUser, TestUsers } from './test-users.js';

/** A directory whose users sign in with their e-mail address. */
@Injectable()
export class AccountUsers extends HashUsers implements KeepsEmailAddresses {
  readonly verified = new Set<string>();
  readonly locales = new Map<string, string>();

  constructor(hasher: PasswordHasher) {
    super(hasher);
  }

  /** A user whose address was proved. */
  async addVerified(address: string, password?: string, user: Partial<TestUser> = {}): Promise<TestUser> {
    const added = await this.add(address, password, user);
    this.verified.add(added.id);
    return added;
  }

  async emailOf(subject: string): Promise<AccountEmail | null> {
    this.asked('emailOf');
    const user = this.byId.get(subject);
    if (!user) return null;
    const locale = this.locales.get(subject);
    return {
      address: user.identifier,
      verified: this.verified.has(subject),
      ...(locale !== undefined && { locale }),
    };
  }

  async setEmailVerified(subject: string, address: string): Promise<boolean> {
    this.asked('setEmailVerified');
    if (this.byId.get(subject)?.identifier !== address) return false;
    this.verified.add(subject);
    return true;
  }

  async setEmail(subject: string, address: string, { replacing }: EmailReplacement): Promise<boolean> {
    this.asked('setEmail');
    const user = this.byId.get(subject);
    const isTaken = [...this.byId.values()].some((other) => other !== user && other.identifier === address);
    if (user?.identifier !== replacing || isTaken) return false;
    user.identifier = address;
    this.verified.add(subject);
    return true;
  }

  async voidCredentials(subject: string): Promise<void> {
    this.asked('voidCredentials');
    const user = this.byId.get(subject);
    if (user) user.hash = '';
  }
}

/** What starts with TestUsers also finds these under that name. */
@Module({
  providers: [AccountUsers, { provide: TestUsers, useExisting: AccountUsers }],
  exports: [AccountUsers, TestUsers],
})
export class AccountUsersModule {}
