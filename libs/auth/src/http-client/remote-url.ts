const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** What an option must be that `isRemoteUrl` accepts. */
export const REMOTE_URL = 'an https URL without credentials and fragment (http for loopback alone)';

/** Whether keys, revocations and secrets may travel there: https, or http that does not leave this machine. */
export function isRemoteUrl(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 1_024 || !URL.canParse(value)) return false;
  const { protocol, hostname, username, password, hash } = new URL(value);
  if (username || password || hash) return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}
