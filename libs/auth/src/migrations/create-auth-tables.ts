import { AuthEvent } from '../audit/auth-event.entity.js';
import { RefreshTokenFamily } from '../refresh-tokens/refresh-token-family.entity.js';
import { Revocation } from '../revocation/revocation.entity.js';
import { Session } from '../sessions/session.entity.js';
import { AuthSubject } from '../subjects/auth-subject.entity.js';
import { CreateTables } from './create-tables.js';

/** Creates the tables of subjects and sign-ins, of what is announced of them, and of security events. */
export class CreateAuthTables1795219200000 extends CreateTables {
  readonly name = 'CreateAuthTables1795219200000';
  protected readonly tables = [AuthSubject, Session, RefreshTokenFamily, Revocation, AuthEvent];
}
