interface OfSignIn {
  readonly subject: string;
  readonly signInId: string;
}
interface FromRequester {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Why a family was taken for stolen. */
export type ReuseCause =
  'parent_late' | 'ancestor' | 'replaced' | 'parent_other_hash' | 'parent_other_user_agent';

/** Why a service client was refused. Private: outside, all of them look the same. */
export type ClientRefusal = 'unknown' | 'disabled' | 'secret' | 'assertion' | 'replay';

/**
 * What a feature records, under a type of its own: the feature's name, a dot, and what happened. Other members are kept as
 * the event's detail: the first 20, of a text the first 255 characters.
 */
export interface FeatureSecurityEvent {
  readonly type: `${string}.${string}`;
  /** Null: it concerns no subject. */
  readonly subject: string | null;
  readonly reason?: string;
  readonly [member: string]: string | number | boolean | null | undefined;
}

/** Everything worth an auditor's attention. No event ever holds a password, a token, a hash or a key. */
export type SecurityEvent =
  | FeatureSecurityEvent
  | ({ readonly type: 'signed_in'; readonly mode: 'session' | 'tokens' } & OfSignIn & FromRequester)
  | ({
      readonly type: 'sign_in_refused';
      readonly reason: 'credentials' | 'disabled' | 'changed_meanwhile';
    } & FromRequester)
  /** The subject has as many sign-ins as it may have. */
  | ({
      readonly type: 'sign_in_refused';
      readonly reason: 'limit';
      readonly subject: string;
    } & FromRequester)
  /**
   * A budget for tries was used up: one event for each budget and window. `purpose`: what was tried, such as `sign-in`;
   * `budget`: which one, such as `address`.
   */
  | ({
      readonly type: 'attempt_limited';
      readonly purpose: string;
      readonly budget: string;
      /** Null: the tries named no subject of ours. */
      readonly subject: string | null;
      /** A keyed hash of the identifier as typed: equal for equal ones, and not to be turned back. Null: none was given. */
      readonly identifier: string | null;
    } & FromRequester)
  | ({ readonly type: 'sign_in_ended'; readonly reason: string } & OfSignIn)
  | {
      readonly type: 'subject_ended';
      readonly subject: string;
      readonly reason: string;
      readonly ended: number;
    }
  | { readonly type: 'subject_changed'; readonly subject: string; readonly reason: string }
  | ({ readonly type: 'access_token_revoked'; readonly tokenId: string } & OfSignIn)
  | { readonly type: 'everything_revoked' }
  /** A user who is signed in authenticated once more. */
  | ({ readonly type: 'stepped_up'; readonly methods: readonly string[] } & OfSignIn & FromRequester)
  /** A user who is signed in was asked for the password, and it was wrong. */
  | ({ readonly type: 'password_not_confirmed' } & OfSignIn & FromRequester)
  /** A weak hash of the password was replaced by one of argon2id; the password is the same. */
  | { readonly type: 'password_hash_upgraded'; readonly subject: string }
  | ({ readonly type: 'token_rotated'; readonly generation: number } & OfSignIn & FromRequester)
  | ({
      readonly type: 'token_replayed';
      readonly ageMs: number;
      readonly sameIp: boolean;
      readonly sameUserAgent: boolean;
    } & OfSignIn &
      FromRequester)
  | ({ readonly type: 'replay_suspicious'; readonly generations: number } & OfSignIn & FromRequester)
  | ({ readonly type: 'token_retried_late'; readonly ageMs: number } & OfSignIn & FromRequester)
  | ({ readonly type: 'family_caught_up'; readonly generations: number } & OfSignIn & FromRequester)
  | ({ readonly type: 'family_desynchronised'; readonly distance: number } & OfSignIn & FromRequester)
  | ({
      readonly type: 'refresh_refused';
      readonly reason: string;
      /** Null for a token that names no family we have. */
      readonly subject: string | null;
      readonly signInId: string | null;
    } & FromRequester)
  | ({
      readonly type: 'reuse_detected';
      readonly cause: ReuseCause;
      /** How many generations the presented token was behind. */
      readonly distance: number;
      readonly ageMs: number;
      /** Where the family was last rotated from. */
      readonly holder: FromRequester;
    } & OfSignIn &
      FromRequester)
  /** `clientId`: null for one that is none of ours. */
  | ({
      readonly type: 'client_refused';
      readonly reason: ClientRefusal;
      readonly clientId: string | null;
    } & FromRequester)
  | {
      readonly type: 'client_changed';
      readonly clientId: string;
      readonly change: 'registered' | 'updated' | 'secret_rotated' | 'disabled' | 'enabled' | 'removed';
    }
  | {
      readonly type: 'service_token_issued';
      readonly clientId: string;
      readonly tokenId: string;
      readonly audience: string;
      readonly scopes: readonly string[];
    }
  /** `clientId`: null when the application itself asked for it. */
  | ({
      readonly type: 'token_exchanged';
      readonly clientId: string | null;
      readonly tokenId: string;
      readonly audience: string;
      readonly scopes: readonly string[];
    } & OfSignIn)
  | { readonly type: 'service_token_revoked'; readonly clientId: string; readonly tokenId: string };

/** Whether a feature recorded it. */
export function isOfFeature(event: SecurityEvent): event is FeatureSecurityEvent {
  return event.type.includes('.');
}

/** Where security events go. `record` must not throw and must not wait: events never delay or fail a request. */
export abstract class SecurityEventSink {
  abstract record(event: SecurityEvent): void;
}
