/** The Redis channel of an issuer's notifications: deployments that share a Redis do not wake each other. */
export function notificationChannelOf(issuer: string): string {
  return `nestjs-aerie:revocations:${issuer}`;
}
