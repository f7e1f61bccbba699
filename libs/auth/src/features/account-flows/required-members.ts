import type { OnModuleInit } from '@nestjs/common';
import { AuthConfigError } from '../../errors/auth-config-error.js';
import type { LateDirectory } from '../../users/late-directory.js';
import type { AccountFlowsOn } from './account-flow-settings.js';

type Member =
  'passwordHashOf' | 'setPasswordHash' | 'emailOf' | 'setEmailVerified' | 'setEmail' | 'voidCredentials';

/** What each flow asks of the user directory. */
const NEEDS: Readonly<Record<keyof AccountFlowsOn, readonly Member[]>> = {
  verifyEmail: ['emailOf', 'setEmailVerified', 'voidCredentials'],
  reset: ['emailOf', 'setEmailVerified', 'voidCredentials', 'passwordHashOf', 'setPasswordHash'],
  changePassword: ['emailOf', 'passwordHashOf', 'setPasswordHash'],
  changeEmail: ['emailOf', 'setEmail', 'voidCredentials'],
  notMe: ['emailOf', 'setEmail', 'voidCredentials'],
  newDevice: ['emailOf'],
  magicLink: ['emailOf', 'setEmailVerified', 'voidCredentials'],
  codes: ['emailOf', 'setEmailVerified', 'voidCredentials'],
};

/** Stops a boot whose user directory lacks what a flow needs. */
export class RequiredMembers implements OnModuleInit {
  constructor(
    private readonly directory: Pick<LateDirectory, 'get'>,
    private readonly on: AccountFlowsOn,
  ) {}

  /** Throws AuthConfigError that names every missing member, and the flows that need it. */
  onModuleInit(): void {
    const directory = this.directory.get() as unknown as Partial<Record<Member, unknown>>;
    const flows = (Object.keys(NEEDS) as (keyof AccountFlowsOn)[]).filter((flow) => this.on[flow]);
    const missing = new Map<Member, string[]>();
    for (const flow of flows)
      for (const member of NEEDS[flow])
        if (typeof directory[member] !== 'function')
          missing.set(member, [...(missing.get(member) ?? []), flow]);
    if (missing.size === 0) return;
    const all = [...missing].map(([member, needing]) => `${member} (${needing.join(', ')})`).join('; ');
    throw new AuthConfigError(
      `"users" must have what the flows of "account-flows" need, or these must be switched off (${directory.constructor.name} lacks ${all})`,
    );
  }
}
