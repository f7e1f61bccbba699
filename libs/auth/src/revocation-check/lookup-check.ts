import { RevocationCheck } from './revocation-check.js';
import { SharedQuestions } from './shared-questions.js';

/** How the tokens of one kind are looked up in the table of record. */
export interface TokenLookup<T, Status> {
  /** Tokens of the same key have the same status. */
  keyOf(token: T): string;

  /** Throws StoreUnavailableError. */
  find(token: T): Promise<Status>;

  /** Throws AccessTokenRevoked- and AccessTokenStaleError. */
  check(token: T, status: Status): void;

  /** Whether a shared record admits the token: the table is asked about any other. Left out: there are no records. */
  isAdmittedByRecord?(token: T, maxStalenessMs: number | null): Promise<boolean>;
}

/** Asks the table of record about every token; of those that ask at the same time, once for each key. */
export class LookupCheck<T, Status> extends RevocationCheck<T> {
  private readonly questions = new SharedQuestions<Status>();

  constructor(private readonly lookup: TokenLookup<T, Status>) {
    super();
  }

  cachedAsGood(): boolean {
    return false;
  }

  async check(token: T, maxStalenessMs: number | null): Promise<void> {
    if (await this.lookup.isAdmittedByRecord?.(token, maxStalenessMs)) return;
    const key = this.lookup.keyOf(token);
    this.lookup.check(token, await this.questions.ask(key, () => this.lookup.find(token)));
  }
}
