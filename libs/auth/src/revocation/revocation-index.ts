import { AccessTokenRevokedError, AccessTokenStaleError } from '../errors/auth-error.js';
import type { RevocationEvent } from './revocation-event.js';

/** What an access token says of itself: what decides whether it is still good. */
export interface RevocableToken {
  /** `jti`. */
  readonly id: string;
  readonly subjectEpoch: number;
  readonly globalEpoch: number;
  /** Its family's generation; null for one that does not say (issued without `accessTokens.endOnRotation`). */
  readonly generation: number | null;
  /** The client that it was issued to by exchange; null or left out: none. */
  readonly client?: { readonly id: string; readonly epoch: number } | null;
  readonly principal: { readonly id: string; readonly signInId: string };
}

/** A session's latest new secret, as this process came to know of it. */
export interface KnownChange {
  /** By the store's clock. */
  readonly createdAt: number;
  /** In the order of learning: greater than `RevocationIndex.learned` was before. */
  readonly order: number;
}

interface Timed {
  readonly expiresAt: number;
}

/** All live revocations, in the memory of a process: a few Map lookups tell whether a sign-in has ended. */
export class RevocationIndex {
  private readonly ended = new Map<string, Timed>();
  private readonly changed = new Map<string, KnownChange & Timed & { readonly id: number }>();
  private readonly subjects = new Map<string, { readonly epoch: number } & Timed>();
  private readonly tokens = new Map<string, Timed>();
  private readonly clients = new Map<string, { readonly epoch: number } & Timed>();
  private global = 0;
  private order = 0;
  /** Revocations that every key was replaced, by id: they need not come in its order. */
  private readonly keys = new Map<string, Timed>();
  private onKeys: () => void = () => undefined;
  private onNew: ((revocation: RevocationEvent) => void) | null = null;

  get size(): number {
    return this.maps.reduce((sum, { size }) => sum + size, 0);
  }

  /** Counts the revocations so far: a later one has a greater `order`. */
  get learned(): number {
    return this.order;
  }

  get globalEpoch(): number {
    return this.global;
  }

  /** Calls `listener` for each revocation that every signing key was replaced, once. */
  onKeysReplaced(listener: () => void): void {
    this.onKeys = listener;
  }

  /** Calls `listener` with each revocation that was not known yet; null: with none. */
  onRevocation(listener: ((revocation: RevocationEvent) => void) | null): void {
    this.onNew = listener;
  }

  /** In any order, and as often as one likes. Of this process's own the id is 0: it is not known. */
  add(revocation: RevocationEvent): void {
    if (this.learn(revocation)) this.onNew?.(revocation);
  }

  /** Whether it was not known yet. */
  private learn(revocation: RevocationEvent): boolean {
    const { id, kind, value, epoch, expiresAt } = revocation;
    switch (kind) {
      case 'sign_in':
        return addTo(this.ended, value, expiresAt);
      case 'sign_in_changed':
        return this.change(revocation);
      case 'subject_stale':
        return moveTo(this.subjects, value, epoch, expiresAt);
      case 'client':
        return moveTo(this.clients, value, epoch, expiresAt);
      case 'token':
        return addTo(this.tokens, value, expiresAt);
      case 'everything': {
        const isNew = this.global < (epoch ?? 0);
        if (isNew) this.global = epoch!;
        return isNew;
      }
      case 'keys': {
        const isNew = addTo(this.keys, String(id), expiresAt);
        if (isNew) this.onKeys();
        return isNew;
      }
      default:
        // Of a later version of this package.
        return false;
    }
  }

  private change({ id, value, createdAt, expiresAt }: RevocationEvent): boolean {
    const known = this.changed.get(value);
    // A revocation of this process is always new: its estimate of the store's time may have gone back since the last one.
    const isOwn = id === 0;
    if (known && !isOwn && id <= known.id) return false;
    this.changed.set(value, {
      id: Math.max(id, known?.id ?? 0),
      createdAt: isOwn ? Math.max(createdAt, known?.createdAt ?? 0) : createdAt,
      expiresAt,
      order: ++this.order,
    });
    return true;
  }

  hasEnded(signInId: string): boolean {
    return this.ended.has(signInId);
  }

  changeOf(signInId: string): KnownChange | undefined {
    return this.changed.get(signInId);
  }

  /** The latest epoch of a subject in the feed; 0 if there is none. */
  epochOf(subject: string): number {
    return this.subjects.get(subject)?.epoch ?? 0;
  }

  /** The latest epoch of a service client in the feed; 0 if there is none. */
  clientEpochOf(client: string): number {
    return this.clients.get(client)?.epoch ?? 0;
  }

  /** Whether the one token of this id (`jti`) was revoked. */
  hasRevoked(tokenId: string): boolean {
    return this.tokens.has(tokenId);
  }

  /** Throws AccessTokenRevokedError, AccessTokenStaleError. Two numbers are compared, and no clock. */
  check({ id, principal, client, subjectEpoch, globalEpoch }: RevocableToken): void {
    // NaN fails this comparison, so a broken value is refused.
    const revoked = this.ended.has(principal.signInId) || this.tokens.has(id);
    if (revoked || !(globalEpoch >= this.global)) throw new AccessTokenRevokedError();
    if (client && !(client.epoch >= this.clientEpochOf(client.id))) throw new AccessTokenRevokedError();
    const subject = this.subjects.get(principal.id);
    if (subject !== undefined && !(subjectEpoch >= subject.epoch)) throw new AccessTokenStaleError();
  }

  /** Forgets what can matter no more. */
  prune(now: number): void {
    for (const map of this.maps) {
      for (const [key, { expiresAt }] of map) if (expiresAt <= now) map.delete(key);
    }
  }

  clear(): void {
    for (const map of this.maps) map.clear();
  }

  private get maps(): readonly Map<string, Timed>[] {
    return [this.ended, this.changed, this.subjects, this.tokens, this.clients, this.keys];
  }
}

function addTo(known: Map<string, Timed>, value: string, expiresAt: number): boolean {
  if (known.has(value)) return false;
  known.set(value, { expiresAt });
  return true;
}

function moveTo(
  epochs: Map<string, { readonly epoch: number } & Timed>,
  value: string,
  epoch: number | null,
  expiresAt: number,
): boolean {
  if (!((epochs.get(value)?.epoch ?? 0) < (epoch ?? 0))) return false;
  epochs.set(value, { epoch: epoch!, expiresAt });
  return true;
}
