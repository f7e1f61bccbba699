import type { RevocationEventKind } from '../revocation/revocation-event.js';
import type { CredentialNames, WatchedCredential } from './watched-credential.js';

const NAMES = ['signIn', 'subject', 'token', 'client'] as const;
type Name = keyof CredentialNames;

/** What a revocation of each kind names; `all`: every credential. */
const NAMED_BY: Readonly<Partial<Record<RevocationEventKind, Name | 'all'>>> = {
  sign_in: 'signIn',
  sign_in_changed: 'signIn',
  subject_stale: 'subject',
  token: 'token',
  client: 'client',
  everything: 'all',
};

/** The credentials under watch, by what revocations name: one event finds its own without a walk over all of them. */
export class CredentialIndex {
  private readonly all = new Set<WatchedCredential>();
  private readonly byName: Readonly<Record<Name, Map<string, Set<WatchedCredential>>>> = {
    signIn: new Map(),
    subject: new Map(),
    token: new Map(),
    client: new Map(),
  };

  get size(): number {
    return this.all.size;
  }

  values(): Iterable<WatchedCredential> {
    return this.all.values();
  }

  add(credential: WatchedCredential): void {
    this.all.add(credential);
    for (const name of NAMES) {
      const value = credential.names[name];
      if (value === null) continue;
      const named = this.byName[name].get(value);
      if (named) named.add(credential);
      else this.byName[name].set(value, new Set([credential]));
    }
  }

  delete(credential: WatchedCredential): void {
    this.all.delete(credential);
    for (const name of NAMES) {
      const value = credential.names[name];
      const named = value === null ? undefined : this.byName[name].get(value);
      if (named?.delete(credential) && named.size === 0) this.byName[name].delete(value!);
    }
  }

  /** The credentials that a revocation names. */
  namedBy({
    kind,
    value,
  }: {
    readonly kind: RevocationEventKind;
    readonly value: string;
  }): Iterable<WatchedCredential> {
    const name = NAMED_BY[kind];
    if (name === undefined) return [];
    return name === 'all' ? this.all : (this.byName[name].get(value) ?? []);
  }
}
