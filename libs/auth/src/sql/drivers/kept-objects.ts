import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';

/** On a prototype, so that a second copy of this package finds what is kept already. */
const KEPT = Symbol.for('nestjs-aerie.kept-native-objects');
type Native = Record<string, (...values: unknown[]) => unknown>;
type Keeping = Native & { [KEPT]?: Set<unknown> };

const DRIVER_FILE = /better[_-]sqlite3[^/\\]*\.node$/;
/** The function that ends the process. A driver names it only when it was compiled with the headers at fault. */
const FAULT = 'RemoveEnvironmentCleanupHook';

/**
 * The headers of Node.js 24.19 and later 24 have a fault (https://github.com/nodejs/node/issues/65446): Node.js aborts
 * when it collects a native object of better-sqlite3 12. A database is such an object, closed or not, and so is each
 * statement. For a driver that was compiled so, we keep all of them until the process ends: this database, and whatever is
 * made from now on; other drivers stay as they are. Whether it keeps them.
 */
export function keepNativeObjects(database: object): boolean {
  const native = isOfThatNode() ? nativeOf(database) : undefined;
  if (!native || !isFaulty()) return false;
  const prototype = Object.getPrototypeOf(native) as Keeping;
  if (prototype[KEPT]) {
    prototype[KEPT].add(native);
    return true;
  }
  const kept = new Set<unknown>([native]);
  for (const name of ['prepare', 'exec', 'backup']) keepFrom(prototype, name, kept);
  new Logger('AuthModule').warn(
    'better-sqlite3 was compiled with headers of Node.js 24.19 or later. They end the process when a statement or a database is collected (https://github.com/nodejs/node/issues/65446). AuthModule keeps all of them until the process ends, so memory grows with the number of statements. Use better-sqlite3 13 (TypeORM: as "driver"), another version of Node.js, or compile with older headers: npm rebuild better-sqlite3 --build-from-source --target=24.18.1',
  );
  return true;
}

/** Whether the headers of this Node.js may be the ones at fault. */
export function isOfThatNode(): boolean {
  return process.versions.node.startsWith('24.');
}

/** better-sqlite3 has the native object under a symbol of its own. */
function nativeOf(database: object): Native | undefined {
  const [symbol] = Object.getOwnPropertySymbols(database);
  return symbol && (database as Record<symbol, Native>)[symbol];
}

/** Keeps the object on which the method is called and what it gives: a statement, an iterator or a backup. */
function keepFrom(owner: Native, name: string, kept: Set<unknown>): void {
  const original = owner[name];
  if (!original) return;
  owner[name] = function (this: unknown, ...values: unknown[]) {
    const made = original.apply(this, values);
    kept.add(this).add(made);
    const statements = name === 'prepare' ? (Object.getPrototypeOf(made) as Keeping) : undefined;
    if (statements && !statements[KEPT]) keepFrom(statements, 'iterate', kept);
    return made;
  };
  Object.defineProperty(owner, KEPT, { value: kept, configurable: true });
}

function isFaulty(): boolean {
  try {
    const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
    return sharedObjects.some((path) => DRIVER_FILE.test(path) && readFileSync(path).includes(FAULT));
  } catch {
    return true; // to keep too much is the lesser harm
  }
}
