/** The Redis channel of an issuer's nudges: deployments that share a Redis do not wake each other. */
export function nudgeChannelOf(issuer: string): string {
  return `nestjs-aerie:revocations:${issuer}`;
}
