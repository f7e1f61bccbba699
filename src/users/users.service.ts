import { randomUUID } from 'node:crypto';
import { ConflictException, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import {
  type AccountEmail,
  type EmailReplacement,
  type GivesPasswordHashes,
  type KeepsEmailAddresses,
  PasswordHasher,
  type PasswordHashReplacement,
  type Requester,
  type UserDirectory,
} from 'nestjs-aerie';
import { IsNull, Not, QueryFailedError, type Repository } from 'typeorm';
import { User } from './user.entity.js';

const DUPLICATES = new Set(['23505', 'ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE']);

/** The demo's users, and the methods that the auth module calls. */
@Injectable()
export class UsersService implements UserDirectory, GivesPasswordHashes, KeepsEmailAddresses {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly hasher: PasswordHasher,
  ) {}

  async findSubject(email: string): Promise<string | null> {
    const user = await this.users.findOne({ select: { id: true }, where: { email: email.toLowerCase() } });
    return user?.id ?? null;
  }

  async passwordHashOf(id: string): Promise<string | null> {
    const user = await this.users.findOne({ select: { passwordHash: true }, where: { id } });
    return user?.passwordHash ?? null;
  }

  /** One statement, so that a password which changes meanwhile wins. */
  async setPasswordHash(
    id: string,
    passwordHash: string,
    { replacing }: PasswordHashReplacement,
  ): Promise<boolean> {
    const { affected } = await this.users.update(
      { id, passwordHash: replacing ?? IsNull() },
      { passwordHash },
    );
    return affected === 1;
  }

  async emailOf(id: string): Promise<AccountEmail | null> {
    const user = await this.users.findOne({ select: { email: true, emailVerified: true }, where: { id } });
    return user && { address: user.email, verified: user.emailVerified };
  }

  async setEmailVerified(id: string, address: string): Promise<boolean> {
    const { affected } = await this.users.update({ id, email: address }, { emailVerified: true });
    return affected === 1;
  }

  async setEmail(id: string, address: string, { replacing }: EmailReplacement): Promise<boolean> {
    const next = { email: address.toLowerCase(), emailVerified: true };
    try {
      return (await this.users.update({ id, email: replacing }, next)).affected === 1;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  async voidCredentials(id: string): Promise<void> {
    await this.users.update({ id, passwordHash: Not(IsNull()) }, { passwordHash: null });
  }

  /** Without the address: a member may become a claim, and every holder of a token can read its claims. */
  async loadSubject(id: string): Promise<{ id: string } | null> {
    return this.users.findOne({ select: { id: true }, where: { id } });
  }

  async profile(id: string): Promise<{ id: string; email: string } | null> {
    return this.users.findOne({ select: { id: true, email: true }, where: { id } });
  }

  /** Throws ConflictException if the address is taken. */
  async register(
    email: string,
    password: string,
    requester: Requester,
  ): Promise<{ id: string; email: string }> {
    const user = {
      id: randomUUID(),
      email: email.toLowerCase(),
      passwordHash: await this.hasher.hash(password, requester),
    };
    try {
      await this.users.insert(user);
    } catch (error) {
      if (isDuplicate(error)) throw new ConflictException('This e-mail address is taken.');
      throw error;
    }
    return { id: user.id, email: user.email };
  }
}

function isDuplicate(error: unknown): boolean {
  return (
    error instanceof QueryFailedError && DUPLICATES.has((error.driverError as { code?: string }).code ?? '')
  );
}
