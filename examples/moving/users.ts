import { compare, hash } from '@node-rs/bcrypt';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Column, Entity, PrimaryGeneratedColumn, type Repository } from 'typeorm';

/** A user, as the table has been since the first day. */
@Entity('users')
export class User {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar', unique: true })
  email!: string;

  /** bcrypt. */
  @Column({ type: 'varchar' })
  passwordHash!: string;

  /** Of the one refresh token that this user has; the last state of the application leaves it alone. */
  @Column({ type: 'varchar', nullable: true })
  refreshHash!: string | null;

  @Column({ type: 'varchar', default: 'user' })
  role!: string;
}

const hashed = (password: string) => hash(password, Number(process.env['BCRYPT_COST'] ?? 10));

/** The table of users. All three states of the application have it. */
@Injectable()
export class Users {
  /** The hash of nothing: an unknown address takes as long as a wrong password. */
  private nobody: Promise<string> | undefined;

  constructor(@InjectRepository(User) private readonly table: Repository<User>) {}

  byEmail = (email: string) => this.table.findOneBy({ email });
  byId = (id: number) => this.table.findOneBy({ id });

  async add(email: string, password: string, role = 'user'): Promise<User> {
    return this.table.save({ email, passwordHash: await hashed(password), refreshHash: null, role });
  }

  async hasPassword(user: User | null, password: string): Promise<boolean> {
    const right = await compare(password, user?.passwordHash ?? (await (this.nobody ??= hashed(''))));
    return user !== null && right;
  }

  async setPassword(id: number, password: string): Promise<void> {
    await this.table.update(id, { passwordHash: await hashed(password) });
  }

  async setRefreshHash(id: number, refreshHash: string | null): Promise<void> {
    await this.table.update(id, { refreshHash });
  }
}
