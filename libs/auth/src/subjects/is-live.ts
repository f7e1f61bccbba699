/** Whether a sign-in has neither ended nor passed a limit, at an instant of the store's clock. */
export function isLive(
  row: { readonly revokedAt: number | null; readonly idleExpiresAt: number; readonly expiresAt: number },
  now: number,
): boolean {
  return row.revokedAt === null && now < row.idleExpiresAt && now < row.expiresAt;
}
