import { SessionExpiredError, SessionInvalidError, SessionStaleError } from '../errors/auth-error.js';
import type { RevocationIndex } from '../revocation/revocation-index.js';
import type { SessionOfPrincipal } from '../sessions/session-of-principal.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { Clock } from '../time/clock.js';
import type { StoreClock } from '../time/store-clock.js';
import { type CredentialNames, WatchedCredential } from './watched-credential.js';

/** Far less than the life of a revocation: of a session that was read earlier, one may be forgotten again. */
const BELIEVED_MS = 30 * 60_000;

/** A session. Its row decides; asking about it is no activity, so an idle session ends under an open connection. */
export class WatchedSession extends WatchedCredential {
  readonly names: CredentialNames;
  dueAt: number;
  /** The changes of its secret that it was asked about, by their order in the feed; null: it was never asked about. */
  private asked: number | null = null;

  constructor(
    principal: object,
    private readonly session: SessionOfPrincipal,
    private readonly store: Pick<SessionStore, 'read'>,
    private readonly clock: Clock,
    storeClock: StoreClock,
    private readonly index: RevocationIndex | null,
  ) {
    super(principal);
    const { id, subject, idleExpiresAt, expiresAt } = session;
    this.names = { signIn: id, subject, token: null, client: null };
    const now = clock.now();
    this.dueAt = now + Math.min(idleExpiresAt, expiresAt) - (storeClock.now() ?? now);
  }

  refuseIfKnown(index: RevocationIndex | null): boolean {
    const { id, subject, globalEpoch, subjectEpoch, madeAt } = this.session;
    if (!index) return false;
    // NaN fails these comparisons, so a broken value is refused.
    if (index.hasEnded(id) || !(globalEpoch >= index.globalEpoch)) throw new SessionInvalidError();
    if (!(subjectEpoch >= index.epochOf(subject))) throw new SessionStaleError();
    if (this.asked === null && performance.now() - madeAt > BELIEVED_MS) return true;
    const change = index.changeOf(id);
    return change !== undefined && change.order > (this.asked ?? -1);
  }

  /** Requests of other processes may have moved its idle limit. */
  refuseIfExpired(): void {}

  async ask(): Promise<void> {
    const { id, secretHash } = this.session;
    const learned = this.index?.learned ?? 0;
    const reading = await this.store.read(id);
    if (!reading) throw new SessionInvalidError();
    const { row, now, globalEpochNow } = reading;
    if (row.revokedAt !== null || !(row.globalEpoch >= globalEpochNow)) throw new SessionInvalidError();
    if (!(now < row.expiresAt && now < row.idleExpiresAt)) throw new SessionExpiredError();
    // The client that got the new secret connects again; a copy of the former cookie does not come in.
    if (row.secretHash !== secretHash) throw new SessionStaleError();
    this.asked = learned;
    this.dueAt = this.clock.now() + Math.min(row.idleExpiresAt, row.expiresAt) - now;
  }
}
