import type { StoresKind } from './nest-project.js';

/** The users as signing in needs them: a stub that works, for the team to replace with its own. */
export function usersFiles(js: string, stores: StoresKind): readonly (readonly [string, string])[] {
  const entity = stores === 'typeorm' ? [['user.entity.ts', ENTITY] as const] : [];
  return [
    ['users.module.ts', usersModule(js, stores)],
    [
      'users.service.ts',
      stores === 'typeorm' ? typeOrmUsers(js) : stores === 'sql' ? SQL_USERS : MEMORY_USERS,
    ],
    ...entity,
  ];
}

function usersModule(js: string, stores: StoresKind): string {
  const typeorm = stores === 'typeorm';
  return `import { Module } from '@nestjs/common';
${
  typeorm
    ? `import { TypeOrmModule } from '@nestjs/typeorm';\nimport { User } from './user.entity${js}';\n`
    : ''
}import { UsersService } from './users.service${js}';

@Module({
${typeorm ? '  imports: [TypeOrmModule.forFeature([User])],\n' : ''}  providers: [UsersService],
  exports: [UsersService],
})
export class UsersModule {}
`;
}

/** The part of every stub that makes a user for development: never one with a password that others know. */
const DEVELOPMENT_USER = `  /** The user for development: only where .env has a password for it. */
  async onModuleInit() {
    const { DEV_USER_PASSWORD, NODE_ENV } = process.env;
    if (!DEV_USER_PASSWORD || NODE_ENV === 'production') return;
    if (await this.findSubject('dev@example.com')) return;
    await this.create('dev@example.com', DEV_USER_PASSWORD);
  }
`;

const MEMORY_USERS = `import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  type GivesPasswordHashes,
  PasswordHasher,
  UserDirectory,
} from 'nestjs-aerie';
import { randomUUID } from 'node:crypto';

interface User {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly roles: readonly string[];
}

/** The users of this application, in memory. Put your own table here. */
@Injectable()
export class UsersService
  extends UserDirectory
  implements GivesPasswordHashes, OnModuleInit
{
  private readonly users = new Map<string, User>();

  constructor(private readonly hasher: PasswordHasher) {
    super();
  }

${DEVELOPMENT_USER}
  /** A route that takes a password from a person first asks PasswordPolicy. */
  async create(email: string, password: string) {
    const passwordHash = await this.hasher.hash(password);
    const id = randomUUID();
    const user = { id, email: email.toLowerCase(), passwordHash, roles: [] };
    this.users.set(id, user);
    return id;
  }

  findSubject(email: string) {
    const users = [...this.users.values()];
    const found = users.find((user) => user.email === email.toLowerCase());
    return Promise.resolve(found?.id ?? null);
  }

  passwordHashOf(id: string) {
    return Promise.resolve(this.users.get(id)?.passwordHash ?? null);
  }

  loadSubject(id: string) {
    const user = this.users.get(id);
    return Promise.resolve(user ? { id, roles: user.roles } : null);
  }
}
`;

const ENTITY = `import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('app_user')
export class User {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column({ unique: true })
  email!: string;

  @Column()
  passwordHash!: string;

  @Column({ default: false })
  disabled!: boolean;

  @Column('simple-json')
  roles!: string[];
}
`;

const typeOrmUsers = (js: string): string => `import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import {
  type GivesPasswordHashes,
  PasswordHasher,
  UserDirectory,
} from 'nestjs-aerie';
import { Repository } from 'typeorm';
import { User } from './user.entity${js}';

/** The users of this application. Put your own table here. */
@Injectable()
export class UsersService
  extends UserDirectory
  implements GivesPasswordHashes, OnModuleInit
{
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly hasher: PasswordHasher,
  ) {
    super();
  }

${DEVELOPMENT_USER}
  /** A route that takes a password from a person first asks PasswordPolicy. */
  async create(email: string, password: string) {
    const passwordHash = await this.hasher.hash(password);
    const user = await this.users.save({
      email: email.toLowerCase(),
      passwordHash,
      roles: [],
    });
    return user.id;
  }

  async findSubject(email: string) {
    const user = await this.users.findOneBy({ email: email.toLowerCase() });
    return user?.id ?? null;
  }

  async passwordHashOf(id: string) {
    const user = await this.users.findOneBy({ id });
    return user?.passwordHash ?? null;
  }

  async loadSubject(id: string) {
    const user = await this.users.findOneBy({ id });
    return user && { id, disabled: user.disabled, roles: user.roles };
  }
}
`;

const SQL_USERS = `import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import {
  type GivesPasswordHashes,
  PasswordHasher,
  UserDirectory,
} from 'nestjs-aerie';
import { randomUUID } from 'node:crypto';
import pg from 'pg';

interface User {
  readonly id: string;
  readonly email: string;
  readonly password_hash: string;
  readonly disabled: boolean;
  readonly roles: string[];
}

/** The users of this application. Put your own table here. */
@Injectable()
export class UsersService
  extends UserDirectory
  implements GivesPasswordHashes, OnModuleInit
{
  constructor(
    @Inject(pg.Pool) private readonly pool: pg.Pool,
    private readonly hasher: PasswordHasher,
  ) {
    super();
  }

${DEVELOPMENT_USER}
  /** A route that takes a password from a person first asks PasswordPolicy. */
  async create(email: string, password: string) {
    const id = randomUUID();
    await this.pool.query(
      'insert into app_user (id, email, password_hash) values ($1, $2, $3)',
      [id, email.toLowerCase(), await this.hasher.hash(password)],
    );
    return id;
  }

  async findSubject(email: string) {
    const user = await this.findOne('email', email.toLowerCase());
    return user?.id ?? null;
  }

  async passwordHashOf(id: string) {
    const user = await this.findOne('id', id);
    return user?.password_hash ?? null;
  }

  async loadSubject(id: string) {
    const user = await this.findOne('id', id);
    return user ? { id, disabled: user.disabled, roles: user.roles } : null;
  }

  private async findOne(column: 'id' | 'email', value: string) {
    const { rows } = await this.pool.query<User>(
      \`select * from app_user where \${column} = $1\`,
      [value],
    );
    return rows.at(0);
  }
}
`;
