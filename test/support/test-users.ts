import { Injectable, Module } from '@nestjs/common';
import { PasswordHasher, type PasswordHashReplacement, type Subject, UserDirectory } from 'nestjs-aerie';

export interface TestUser {
  id: string;
  identifier: string;
  hash: string;
  roles: string[];
  scopes: string[];
  disabled: boolean;
}

/** Users in memory; a test decides their answers and outages. */
abstract class MemoryUsers extends UserDirectory {
  readonly byId = new Map<string, TestUser>();
  /** What every question is answered with, when set. */
  failure: Error | undefined;
  /** Names of the methods that were called. */
  readonly calls: string[] = [];

  constructor(protected readonly hasher: PasswordHasher) {
    super();
  }

  async add(
    identifier: string,
    password = 'correct horse battery',
    user: Partial<TestUser> = {},
  ): Promise<TestUser> {
    const id = user.id ?? `user-${this.byId.size + 1}`;
    const hash = await this.hasher.hash(password);
    const added = { id, identifier, hash, roles: [], scopes: [], disabled: false, ...user };
    this.byId.set(id, added);
    return added;
  }

  async findSubject(identifier: string): Promise<string | null> {
    this.asked('findSubject');
    return [...this.byId.values()].find((user) => user.identifier === identifier)?.id ?? null;
  }

  async loadSubject(subject: string): Promise<Subject | null> {
    this.asked('loadSubject');
    const user = this.byId.get(subject);
    return user ? { id: user.id, roles: user.roles, scopes: user.scopes, disabled: user.disabled } : null;
  }

  protected asked(method: string): void {
    this.calls.push(method);
    if (this.failure) throw this.failure;
  }
}

/** A directory that verifies passwords itself. */
@Injectable()
export class TestUsers extends MemoryUsers {
  constructor(hasher: PasswordHasher) {
    super(hasher);
  }

  async verifyPassword(subject: string, password: string): Promise<boolean> {
    this.asked('verifyPassword');
    return this.hasher.verify(this.byId.get(subject)?.hash, password);
  }
}

/** A directory that gives hashes, and takes new ones. */
@Injectable()
export class HashUsers extends MemoryUsers {
  constructor(hasher: PasswordHasher) {
    super(hasher);
  }

  async passwordHashOf(subject: string): Promise<string | null> {
    this.asked('passwordHashOf');
    return this.byId.get(subject)?.hash ?? null;
  }

  async setPasswordHash(
    subject: string,
    hash: string,
    { replacing }: PasswordHashReplacement,
  ): Promise<boolean> {
    this.asked('setPasswordHash');
    const user = this.byId.get(subject);
    if (user?.hash !== replacing) return false;
    user.hash = hash;
    return true;
  }
}

@Module({ providers: [TestUsers], exports: [TestUsers] })
export class TestUsersModule {}

/** What starts with TestUsers also finds these under that name. */
@Module({
  providers: [HashUsers, { provide: TestUsers, useExisting: HashUsers }],
  exports: [HashUsers, TestUsers],
})
export class HashUsersModule {}
