import { AuthEvent } from '../entities/auth-event.entity.js';
import { RefreshTokenFamily } from '../entities/refresh-token-family.entity.js';
import { Revocation } from '../entities/revocation.entity.js';
import { Session } from '../entities/session.entity.js';
import { AuthSubject } from '../entities/auth-subject.entity.js';
import { CreateTables } from './create-tables.js';

/** Creates the tables of subjects and sign-ins, of their revocations, and of security events. */
export class CreateAuthTables1795219200000 extends CreateTables {
  readonly name = 'CreateAuthTables1795219200000';
  protected readonly tables = [AuthSubject, Session, RefreshTokenFamily, Revocation, AuthEvent];
}
