import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { authEntities } from 'nestjs-aerie/typeorm';
import { formerTables } from './former-features.js';
import type { TestApp } from './test-app.js';

/** Databases keep their own clock: instead of waiting, every instant in our tables is moved into the past. */
export async function timePasses(app: TestApp, ms: number): Promise<void> {
  for (const entity of authEntities([serviceIssuer(), formerTables()])) {
    if (!app.source.hasMetadata(entity)) continue;
    const { tablePath, columns } = app.source.getMetadata(entity);
    const instants = columns.map((column) => column.databaseName).filter((name) => name.endsWith('_at'));
    if (instants.length === 0) continue;
    const set = instants.map((name) => `"${name}" = "${name}" - ${ms}`).join(', ');
    await app.source.query(`UPDATE "${tablePath}" SET ${set}`);
  }
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
