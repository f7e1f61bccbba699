import { equalInConstantTime } from '../../../crypto/constant-time.js';
import type { DerivedKeys } from '../../../crypto/derived-keys.js';
import { hmacSha256 } from '../../../crypto/digest.js';
import { timeOrderedUuid } from '../../../crypto/uuid.js';
import { ActionTokenInvalidError } from '../../../errors/auth-error.js';
import type { Clock } from '../../../time/clock.js';
import { ActionCodes } from './action-codes.js';
import { type ActionLink, ActionLinks } from './action-link.js';
import {
  ACTION_PURPOSES,
  type ActionPurpose,
  type ActionTokenReading,
  type ActionTokenRow,
  isUsable,
} from './action-token.js';
import type { ActionTokenStore } from './action-token-store.js';

const RESCUES = (Object.keys(ACTION_PURPOSES) as ActionPurpose[]).filter(
  (purpose) => ACTION_PURPOSES[purpose] === 'rescue',
);
const CONTEXT_KEY = 'account-flows.context';

/** A link or a code that is to be mailed. */
export interface ActionTokenRequest {
  readonly purpose: ActionPurpose;
  readonly subject: string;
  /** `code`: the mail has no link. Default `link`. */
  readonly kind?: 'link' | 'code';
  readonly lifetimeMs: number;
  /** Of a rescue token: the change that it undoes, at most 64 characters. */
  readonly undoes?: string;
  /** What it is made for, such as the address that it is sent to: `redeem` compares it. A keyed hash of it is stored. */
  readonly context?: string;
  /** `Asker.hash` of the client that asked. With it, no other client can redeem the token, and there is a code. */
  readonly asker?: string | null;
}

/** A link's token and a code, as a mail carries them. Never logged, never stored. */
export interface IssuedActionToken {
  readonly id: string;
  /** The token of the link; null for the kind `code`. */
  readonly token: string | null;
  /** What a person types where the link was asked for; null without an asker. */
  readonly code: string | null;
  readonly expiresAt: number;
}

/** How a link or a code is redeemed. */
export interface RedeemOptions {
  /** `Asker.hash` of the client that redeems; null: it has none. */
  readonly asker?: string | null;
  /** The text that the token was made for; left out for a token that was made without one. */
  readonly context?: string;
  /**
   * What is done with the token ends sign-ins of the subject: the sweeper ends them if `settle` was not called in a minute.
   * Default false.
   */
  readonly owesEnding?: boolean;
}

/** A token as its holder may know it. */
export type LiveActionToken = Pick<
  ActionTokenRow,
  'id' | 'purpose' | 'subject' | 'binding' | 'createdAt' | 'expiresAt' | 'askerHash'
>;

/**
 * Links and codes that are good once. All that is wrong with one is the same ActionTokenInvalidError: made up, spent, expired,
 * of another purpose, another context or another asker, or made before the subject's credentials changed.
 */
export class ActionTokens {
  private readonly links: ActionLinks;
  private readonly codes: ActionCodes;

  /** @internal */
  constructor(
    private readonly store: ActionTokenStore,
    private readonly keys: DerivedKeys,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    this.links = new ActionLinks(keys);
    this.codes = new ActionCodes(keys);
  }

  /** A new link or code; null when as many live ones were mailed as may be. It ends no other. Throws StoreUnavailableError. */
  async issue(request: ActionTokenRequest): Promise<IssuedActionToken | null> {
    const { purpose, subject, kind = 'link', lifetimeMs, undoes = null, context, asker = null } = request;
    const id = timeOrderedUuid(this.clock.now());
    const { token, secretHash } = this.links.fresh(purpose, id);
    const contextHash = context === undefined ? null : this.contextHashes(purpose, context)[0]!;
    const row = { id, purpose, subject, binding: undoes, contextHash, secretHash, kind, askerHash: asker };
    const rescued = context === undefined ? [] : RESCUES.flatMap((one) => this.contextHashes(one, context));
    if (!(await this.store.create({ ...row, lifetimeMs }, rescued))) return null;
    const code = asker === null ? null : this.codes.of(row);
    return { id, token: kind === 'link' ? token : null, code, expiresAt: this.clock.now() + lifetimeMs };
  }

  /** Refuses what was not made here for this purpose, without a query. Throws ActionTokenInvalidError. */
  judge(purpose: ActionPurpose, token: unknown): void {
    this.linkOf(purpose, token);
  }

  /**
   * What a live link is for; it stays unspent. Throws ActionTokenInvalidError, StoreUnavailableError. Its asker is not
   * compared: `isAskedBy` does that.
   */
  async look(purpose: ActionPurpose, token: unknown): Promise<LiveActionToken> {
    return (await this.readLink(purpose, token)).row;
  }

  /** The code of a live token, for the page that shows it; null without an asker. */
  codeOf(token: LiveActionToken): string | null {
    return token.askerHash === null ? null : this.codes.of(token);
  }

  /**
   * Spends a link: of any number of calls at once, one returns.
   *
   * @throws ActionTokenInvalidError for every link that cannot be spent; it stays as it is.
   * @throws StoreUnavailableError when the store cannot answer.
   */
  async redeem(
    purpose: ActionPurpose,
    token: unknown,
    options: RedeemOptions = {},
  ): Promise<LiveActionToken> {
    return this.spend(await this.readLink(purpose, token), options);
  }

  /** Refuses what is no code, without a query. Throws ActionTokenInvalidError. */
  judgeCode(code: unknown): void {
    if (this.codes.parse(code) === undefined) throw new ActionTokenInvalidError();
  }

  /** The live token of a code that this asker asked for; it stays unspent. Throws as `redeem`. */
  async lookForCode(purpose: ActionPurpose, code: unknown, asker: string | null): Promise<LiveActionToken> {
    return (await this.readCode(purpose, code, asker)).row;
  }

  /** Spends a code, which is good for its asker alone. Throws as `redeem`. */
  async redeemCode(
    purpose: ActionPurpose,
    code: unknown,
    options: RedeemOptions & { readonly asker: string | null },
  ): Promise<LiveActionToken> {
    return this.spend(await this.readCode(purpose, code, options.asker), options);
  }

  /** What the redeemed token owed is done. Throws StoreUnavailableError. */
  settle({ id }: Pick<LiveActionToken, 'id'>): Promise<void> {
    return this.store.settle(id);
  }

  /**
   * What a redeemed rescue token is for could not be done: its link is good again. `isDue`: the sweeper is to end the sign-ins
   * all the same. Throws StoreUnavailableError.
   */
  reopen({ id }: Pick<LiveActionToken, 'id'>, isDue: boolean): Promise<void> {
    return this.store.reopen(id, isDue);
  }

  /** Whether no credential of the subject has changed since the proving token was made. Throws StoreUnavailableError. */
  async isUpToDate({ id }: Pick<LiveActionToken, 'id'>): Promise<boolean> {
    const reading = await this.store.find(id);
    return reading !== null && reading.row.credentialVersion === reading.credentialVersionNow;
  }

  /** Ends all live tokens of a subject of these purposes. Throws StoreUnavailableError. */
  endAll(subject: string, ...purposes: readonly ActionPurpose[]): Promise<number> {
    return this.store.endAll(subject, purposes);
  }

  private async spend(reading: ActionTokenReading, options: RedeemOptions): Promise<LiveActionToken> {
    const { row } = reading;
    const { asker = null, context, owesEnding = false } = options;
    if (!isAskedBy(row, asker) || !this.isFor(row, context)) throw new ActionTokenInvalidError();
    if (!(await this.store.redeem(row.id, owesEnding))) throw new ActionTokenInvalidError();
    return row;
  }

  private linkOf(purpose: ActionPurpose, token: unknown): ActionLink {
    const link = this.links.parse(purpose, token);
    if (!link) throw new ActionTokenInvalidError();
    return link;
  }

  private async readLink(purpose: ActionPurpose, token: unknown): Promise<ActionTokenReading> {
    const link = this.linkOf(purpose, token);
    const reading = await this.store.find(link.id);
    if (!reading || !isUsable(reading)) throw new ActionTokenInvalidError();
    const { row } = reading;
    const isThis =
      equalHex(row.secretHash, link.secretHash) && row.purpose === purpose && row.kind === 'link';
    if (!isThis) throw new ActionTokenInvalidError();
    return reading;
  }

  private async readCode(
    purpose: ActionPurpose,
    code: unknown,
    asker: string | null,
  ): Promise<ActionTokenReading> {
    const letters = this.codes.parse(code);
    if (letters === undefined || asker === null) throw new ActionTokenInvalidError();
    const readings = await this.store.ofAsker(purpose, asker);
    const found = readings.filter(({ row }) => this.codes.isOf(letters, row)).find(isUsable);
    if (!found) throw new ActionTokenInvalidError();
    return found;
  }

  /** Whether a token was made for this text. */
  isFor(
    { purpose, contextHash }: Pick<ActionTokenRow, 'purpose' | 'contextHash'>,
    context: string | undefined,
  ): boolean {
    if (context === undefined || contextHash === null) return context === undefined && contextHash === null;
    return this.contextHashes(purpose, context).some((hash) => equalHex(hash, contextHash));
  }

  private contextHashes(purpose: ActionPurpose, context: string): readonly string[] {
    return this.keys
      .everyOf(CONTEXT_KEY)
      .map((key) => hmacSha256(key, purpose, '\0', context).toString('hex'));
  }
}

/** Whether a client may redeem a token: it asked for it, or no asker was kept. */
export function isAskedBy({ askerHash }: Pick<ActionTokenRow, 'askerHash'>, asker: string | null): boolean {
  return askerHash === null || (asker !== null && equalHex(askerHash, asker));
}

const equalHex = (a: string, b: string): boolean =>
  equalInConstantTime(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));
