/** What is known of an error beside its code: members of the answer's body, its status and its `Retry-After`. */
export interface ErrorDetails {
  readonly status?: number | undefined;
  /** In seconds. */
  readonly retryAfter?: number | undefined;
  /** The message of the body, for answers that have no code. */
  readonly message?: string | undefined;
  /** Of AUTH_PASSWORD_REJECTED. */
  readonly reason?: string | undefined;
  readonly min_length?: number | undefined;
  readonly max_length?: number | undefined;
  /** Of AUTH_RECENT_SIGN_IN_REQUIRED, in seconds. */
  readonly max_age?: number | undefined;
  /** Of AUTH_RATE_LIMITED: other ways to sign in. */
  readonly waysOpen?: readonly string[] | undefined;
}

/** Why a new password was refused. */
export function passwordReason({ reason, min_length, max_length }: ErrorDetails): string {
  switch (reason) {
    case 'too_short':
      return min_length === undefined ? 'it is too short' : `it needs at least ${min_length} characters`;
    case 'too_long':
      return max_length === undefined ? 'it is too long' : `it may have at most ${max_length} characters`;
    case 'common':
      return 'many people use it, or it is a plain pattern';
    case 'expected':
      return 'it is your own name or address, or the name of this service';
    case 'blocked':
      return 'this application does not allow it';
    default:
      return 'it does not meet the rules';
  }
}

/** When to try again. A clock on the server may give anything. */
export function later({ retryAfter }: ErrorDetails): string {
  if (retryAfter === undefined || !Number.isFinite(retryAfter) || retryAfter <= 0)
    return 'Wait a moment, then try again.';
  return `Try again in ${duration(retryAfter)}.`;
}

const WAYS: Readonly<Record<string, string>> = { link: 'a link by e-mail', code: 'a code by e-mail' };

/** Other ways to sign in, as a sentence. */
export function ways({ waysOpen }: ErrorDetails): string {
  const open = (Array.isArray(waysOpen) ? waysOpen : []).flatMap((way: unknown) => WAYS[String(way)] ?? []);
  return open.length === 0
    ? ''
    : ` The server still takes ${open.join(' or ')}, for which this page has no form.`;
}

const UNITS = [
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A length of time in the largest unit that fits, rounded up: "15 minutes". */
export function duration(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? UNITS[2];
  const count = Math.max(1, Math.ceil(seconds / size));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** What the server said, behind what it means. */
export function quoted(what: string, message: string | undefined): string {
  const words = typeof message === 'string' ? short(message.trim()) : '';
  if (words === '') return `${what}.`;
  return `${what}: ${words}${/[.!?…]$/.test(words) ? '' : '.'}`;
}

/** A text of the server's, as far as a page needs it. */
export function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
