import { Logger } from '@nestjs/common';
import { RequestInvalidError, StoreUnavailableError } from '../../errors/auth-error.js';
import { PasswordRejectedError } from '../../errors/password-rejected-error.js';
import { withinDeadline } from '../../time/deadline.js';
import type { PasswordRules } from '../credential-options.js';
import { isCommon, isOneOf } from './guessable.js';

const BLOCKLIST_DEADLINE_MS = 5_000;
/** No password that is longer, in whichever form, has few enough characters. */
const MOST_UNITS = 4_096;

/** The user a password is for. */
export interface PasswordOwner {
  /** The user's id. */
  readonly subject?: string;
  /** The user's names: e-mail address, user name, display name. */
  readonly names?: readonly string[];
}

/**
 * The rules for new passwords (NIST SP 800-63B-4, 3.1.1.2): a least and a greatest length in characters (Unicode code points),
 * and no password that is common, expected or on the application's blocklist. There are no rules of composition. The limits
 * are the options `credentials.minLength`, `credentials.maxLength` and `credentials.blocklist`. Inject it where your users
 * register. Sign-ins do not ask it: a password that is older than a stricter rule still signs in.
 */
export class PasswordPolicy {
  private readonly logger = new Logger('AuthModule');
  private readonly serviceNames: readonly string[];

  /** @internal */
  constructor(
    private readonly rules: PasswordRules,
    issuer: string,
  ) {
    this.serviceNames = serviceNamesOf(issuer);
  }

  /**
   * Resolves if this may be the user's new password. The reason of a refusal is in the response, as `reason`.
   *
   * @throws PasswordRejectedError (400) for a password that is too short, too long, common, expected or blocked.
   * @throws RequestInvalidError (400) for a value that is no well-formed text.
   * @throws StoreUnavailableError (503) when the blocklist fails, or does not answer in five seconds.
   * @example
   * ```ts
   * import type { PasswordHasher, PasswordPolicy } from 'nestjs-aerie';
   *
   * declare const users: { add(email: string, passwordHash: string): Promise<void> }; // yours
   *
   * export async function register(policy: PasswordPolicy, hasher: PasswordHasher, email: string, password: string) {
   *   await policy.check(password, { names: [email] });
   *   await users.add(email, await hasher.hash(password));
   * }
   * ```
   */
  async check(password: string, { subject, names = [] }: PasswordOwner = {}): Promise<void> {
    if (typeof password !== 'string' || !password.isWellFormed())
      throw new RequestInvalidError('"password" must be a well-formed text.');
    const { minLength, maxLength } = this.rules;
    if (password.length > MOST_UNITS) throw new PasswordRejectedError('too_long', maxLength);
    const normal = password.normalize('NFKC');
    // In both forms: one character may become many, and many may become one.
    const lengths = [charactersOf(password), charactersOf(normal)];
    if (Math.min(...lengths) < minLength) throw new PasswordRejectedError('too_short', minLength);
    if (Math.max(...lengths) > maxLength) throw new PasswordRejectedError('too_long', maxLength);
    const folded = normal.toLowerCase();
    if (isCommon(folded)) throw new PasswordRejectedError('common');
    const own = [...names, ...(subject === undefined ? [] : [subject])].flatMap(partsOf);
    if (isOneOf(folded, [...own, ...this.serviceNames])) throw new PasswordRejectedError('expected');
    if (await this.isBlocked(normal)) throw new PasswordRejectedError('blocked');
  }

  private async isBlocked(password: string): Promise<boolean> {
    const { blocklist } = this.rules;
    if (!blocklist) return false;
    const answer = await withinDeadline(BLOCKLIST_DEADLINE_MS, () => blocklist(password));
    if (answer.kind === 'answered' && typeof answer.value === 'boolean') return answer.value;
    // What it threw is not logged: it may show the password.
    const what = answer.kind === 'answered' ? `returned ${typeof answer.value}` : WHAT_HAPPENED[answer.kind];
    this.logger.error(`credentials.blocklist ${what}: it must return true or false within 5 s`);
    throw new StoreUnavailableError();
  }
}

const WHAT_HAPPENED = { failed: 'threw', silent: 'did not answer' } as const;

function charactersOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

const foldedName = (name: string): string => name.normalize('NFKC').toLowerCase();

/** A name; of an e-mail address also the part before the @, and the names of its domain. */
function partsOf(name: string): readonly string[] {
  if (typeof name !== 'string') return [];
  const folded = foldedName(name);
  const at = folded.lastIndexOf('@');
  return at < 0 ? [folded] : [folded, folded.slice(0, at), ...labelsOf(folded.slice(at + 1))];
}

/** A host, and its labels without the last one: `accounts.example.com`, `accounts`, `example`. */
function labelsOf(host: string): readonly string[] {
  const labels = host.split('.');
  return labels.length < 2 ? [host] : [host, ...labels.slice(0, -1)];
}

function serviceNamesOf(issuer: string): readonly string[] {
  return URL.canParse(issuer) ? labelsOf(new URL(issuer).hostname) : [foldedName(issuer)];
}
