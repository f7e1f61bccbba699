import { randomUUID } from 'node:crypto';
import type { SecurityEventSink } from '../../../audit/security-event.js';
import { SignInLimitError, StoreUnavailableError } from '../../../errors/auth-error.js';
import type { SignInOpener } from '../../../sign-in/sign-in-opener.js';
import type { SignInResult } from '../../../sign-in/sign-in-result.js';
import type { SignOut } from '../../../sign-in/sign-out.js';
import type { SignInLimit } from '../../../subjects/sign-in-limit.js';
import { subjectText, whyNoSubject } from '../../../subjects/subject-id.js';
import type { SubjectStore } from '../../../subjects/subject-store.js';
import type { Clock } from '../../../time/clock.js';
import { inTime } from '../../../time/deadline.js';
import type { UserLoader } from '../../../users/user-loader.js';
import type { FormerClaimReading, FormerClaimStore } from '../claims/former-claim-store.js';
import type { FormerCredential, FormerOwner } from '../credentials/former-credential.js';
import type { OpenedSignIns } from './opened-sign-ins.js';
import type { PresentedFormer, RedemptionTerms } from './presented-former.js';

/** In which everybody with the same credential gets the same sign-in: requests that run in parallel, and retries. */
const SHARED_MS = 30_000;
const MAX_REPLACEMENTS = 3;
const MAX_TRIES = 3;
const READ_DEADLINE_MS = 5_000;
/** How long to wait for a sign-in that another request is opening, and between two looks. */
const OPENING_MS = 2_000;
const LOOK_MS = 25;
/** How long a claim whose sign-in has no row may be taken for one that was never opened. */
const CLAIM_MS = 3_600_000;

/** Why a former credential opens nothing. */
type Refusal = 'spent' | 'reused' | 'ended' | 'gone' | 'limit' | 'changed_meanwhile';

interface Parts {
  readonly claims: FormerClaimStore;
  readonly opened: OpenedSignIns;
  readonly subjects: SubjectStore;
  readonly users: UserLoader;
  readonly opener: SignInOpener;
  readonly signOut: SignOut;
  readonly events: SecurityEventSink;
  readonly clock: Clock;
}

/**
 * Former credentials in exchange for sign-ins of ours. Which request opens the sign-in, the row of the credential decides;
 * whether it opens, every gate that sign-ins pass. The table of decisions is in docs/moving.md.
 */
export class Redemption {
  /** Requests of this process that are under way: each credential is asked about once at a time. */
  private readonly running = new Map<string, Promise<SignInResult | null>>();

  constructor(
    private readonly parts: Parts,
    private readonly limit: SignInLimit | null,
    /** How long sign-ins live at most, by what a credential opens: their rows stay for as long. */
    private readonly lifetimeMs: Readonly<Record<FormerCredential['opens'], number>>,
  ) {}

  /** The sign-in that it opens, or has just opened; null when it opens none. Throws StoreUnavailableError. */
  redeem(presented: PresentedFormer, terms: RedemptionTerms): Promise<SignInResult | null> {
    const place = [presented.digest, terms.mode, terms.attemptHash].join();
    let answer = this.running.get(place);
    if (!answer) {
      answer = this.decided(presented, terms).finally(() => this.running.delete(place));
      this.running.set(place, answer);
    }
    return answer;
  }

  private async decided(presented: PresentedFormer, terms: RedemptionTerms): Promise<SignInResult | null> {
    const { claims, clock } = this.parts;
    const known = await claims.find(presented.digest);
    // The former store need not be asked about these.
    if (known && opensNothing(presented, known)) return this.refused('spent', null, presented, terms);
    const owner = await this.read(presented, clock.now());
    // No event: everybody who was signed out long ago still has such a cookie.
    if (!owner) return null;
    const subject = subjectText(owner.subject);
    if (subject === undefined)
      throw new TypeError(
        `the "subject" of ${presented.kind.name} must be an id of a user (got ${whyNoSubject(owner.subject)})`,
      );
    const authenticatedAt = owner.authenticatedAt?.getTime() ?? 0;
    for (let tried = 1; tried <= MAX_TRIES; tried++) {
      const result = await this.attempt(presented, terms, subject, authenticatedAt);
      if (result !== 'again') return result;
    }
    return this.refused('changed_meanwhile', subject, presented, terms);
  }

  private async read({ kind, value }: PresentedFormer, now: number): Promise<FormerOwner | null> {
    try {
      return await inTime(READ_DEADLINE_MS, kind.read(value, now));
    } catch (cause) {
      throw new StoreUnavailableError({ cause });
    }
  }

  private async attempt(
    presented: PresentedFormer,
    terms: RedemptionTerms,
    subject: string,
    authenticatedAt: number,
  ): Promise<SignInResult | null | 'again'> {
    const { claims, subjects, users, signOut, opened, opener } = this.parts;
    // First of all: whatever ends the subject from here on is noticed when the sign-in opens.
    const epochs = await subjects.epochs(subject);
    if (await claims.isEnded(subject)) return this.refused('ended', subject, presented, terms);
    const loaded = await users.load(subject);
    if (!loaded) {
      await signOut.endAll(subject, 'subject_gone');
      return this.refused('gone', subject, presented, terms);
    }
    const { digest: credential } = presented;
    const mine = { credential, signInId: randomUUID(), attemptHash: terms.attemptHash };
    const standing = await claims.claim(mine);
    if (standing.claim.signInId !== mine.signInId) {
      const answer = await this.answer(presented, terms, subject, standing);
      if (answer !== 'replace') return answer;
      if (!(await claims.replace(mine, standing.claim.signInId!))) return 'again';
      await signOut.endOne(subject, standing.claim.signInId!, 'replaced');
    }
    const given = { id: mine.signInId, secret: opened.secretOf(presented, mine.signInId), authenticatedAt };
    const opening = { epochs, methods: [], scopes: null, label: null, limit: this.limit, given };
    let result: SignInResult | undefined;
    try {
      result = await opener.open(terms.mode, loaded, opening, terms.requester);
    } catch (error) {
      if (!(error instanceof SignInLimitError)) throw error;
      await claims.release(credential, mine.signInId);
      return this.refused('limit', subject, presented, terms);
    }
    if (!result) {
      await claims.release(credential, mine.signInId);
      return 'again';
    }
    return this.unlessOvertaken(presented, terms, subject, result);
  }

  /**
   * Another request may have opened another sign-in meanwhile, or a logout, of this client or of the subject's other ones, may
   * have found none to end: this one ends then.
   */
  private async unlessOvertaken(
    presented: PresentedFormer,
    terms: RedemptionTerms,
    subject: string,
    result: SignInResult,
  ): Promise<SignInResult | 'again'> {
    const { claims, signOut } = this.parts;
    const { signInId } = result.principal;
    const claim = (await claims.find(presented.digest))?.claim;
    const isMine = claim?.signInId === signInId && claim.spentAt === null;
    if (!isMine || (await claims.isEnded(subject))) {
      await signOut.endOne(subject, signInId, 'replaced');
      return 'again';
    }
    this.record('accepted', subject, presented.kind.name, terms, signInId);
    return result;
  }

  /** What a credential gets that has opened a sign-in before. */
  private async answer(
    presented: PresentedFormer,
    terms: RedemptionTerms,
    subject: string,
    { claim, now }: FormerClaimReading,
  ): Promise<SignInResult | null | 'replace' | 'again'> {
    const { opened, signOut } = this.parts;
    const { signInId } = claim;
    if (signInId === null) return this.refused('spent', subject, presented, terms);
    const isShared = now - claim.openedAt <= SHARED_MS;
    const status = await this.statusOf(presented, signInId, isShared);
    if (status.kind === 'missing') {
      // Later it may have ended and been swept: what was used once must not open anything again.
      const isUnopened = now - claim.openedAt < Math.min(CLAIM_MS, this.lifetimeMs[presented.kind.opens]);
      return isUnopened && claim.spentAt === null
        ? 'replace'
        : this.refused('spent', subject, presented, terms);
    }
    if (status.kind === 'ended') return this.refused('ended', subject, presented, terms);
    // The id of a session that somebody else has since then.
    if (status.subject !== subject) return this.refused('spent', subject, presented, terms);
    if (isShared) {
      const same = await opened.again(presented, signInId, terms);
      if (!same) return this.refused('spent', subject, presented, terms);
      this.record('repeated', subject, presented.kind.name, terms, signInId);
      return same;
    }
    const isRetry =
      presented.kind.opens === 'session'
        ? claim.spentAt === null
        : terms.attemptHash !== null && terms.attemptHash === claim.attemptHash && !status.isUsed;
    if (isRetry && claim.replacements < MAX_REPLACEMENTS) return 'replace';
    if (presented.kind.opens === 'session') return this.refused('spent', subject, presented, terms);
    // Who holds the tokens that it was exchanged for does not send it again: there is a copy (RFC 9700, section 4.14.2).
    await signOut.endOne(subject, signInId, 'reuse_former');
    return this.refused('reused', subject, presented, terms);
  }

  /** Waits for a sign-in that another request is opening. */
  private async statusOf(presented: PresentedFormer, signInId: string, waits: boolean) {
    const { opened, clock } = this.parts;
    const started = clock.monotonic();
    for (;;) {
      const status = await opened.statusOf(presented, signInId);
      if (status.kind !== 'missing' || !waits || clock.monotonic() - started > OPENING_MS) return status;
      await new Promise((look) => setTimeout(look, LOOK_MS));
    }
  }

  private refused(
    reason: Refusal,
    subject: string | null,
    { kind }: PresentedFormer,
    terms: RedemptionTerms,
  ): null {
    this.record('refused', subject, kind.name, terms, null, reason);
    return null;
  }

  private record(
    what: 'accepted' | 'repeated' | 'refused',
    subject: string | null,
    kind: string,
    { requester: { ip, userAgent } }: RedemptionTerms,
    signInId: string | null,
    reason?: Refusal,
  ): void {
    const why = reason && { reason };
    this.parts.events.record({
      type: `former-sign-ins.${what}`,
      subject,
      ...why,
      kind,
      signInId,
      ip,
      userAgent,
    });
  }
}

/** Whether a credential is refused, whatever the former store says of it. */
function opensNothing({ kind }: PresentedFormer, { claim, now }: FormerClaimReading): boolean {
  if (claim.signInId === null) return true;
  return kind.opens === 'session' && claim.spentAt !== null && now - claim.openedAt > SHARED_MS;
}
