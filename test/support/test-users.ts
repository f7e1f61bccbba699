import { Injectable, Module } from '@nestjs/common';
import { PasswordHasher, type Subject, UserDirectory } from 'nestjs-aerie';

export interface TestUser {
  id: string;
  identifier: string;
  hash: string;
  roles: string[];
  scopes: string[];
  disabled: boolean;
}

/** A directory in memory, whose answers and outages a test decides. */
@Injectable()
export class TestUsers extends UserDirectory {
  readonly byId = new Map<string, TestUser>();
  /** What every question is answered with, when set. */
  failure: Error | undefined;
  /** Names of the methods that were called. */
  readonly calls: string[] = [];

  constructor(private readonly hasher: PasswordHasher) {
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

  async verifyPassword(subject: string, password: string): Promise<boolean> {
    this.asked('verifyPassword');
    return this.hasher.verify(this.byId.get(subject)?.hash, password);
  }

  async loadSubject(subject: string): Promise<Subject | null> {
    this.asked('loadSubject');
    const user = this.byId.get(subject);
    return user ? { id: user.id, roles: user.roles, scopes: user.scopes, disabled: user.disabled } : null;
  }

  private asked(method: string): void {
    this.calls.push(method);
    if (this.failure) throw this.failure;
  }
}

@Module({ providers: [TestUsers], exports: [TestUsers] })
export class TestUsersModule {}
