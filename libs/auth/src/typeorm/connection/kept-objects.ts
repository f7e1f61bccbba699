import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** On a prototype, so that a second copy of this package finds what is kept already. */
const KEPT = Symbol.for('nestjs-aerie.kept-native-objects');
type Native = Record<string, (...values: unknown[]) => unknown>;
type Keeping = Native & { [KEPT]?: Set<unknown> };
interface Connection {
  close(): void;
}

const DRIVER_FILE = /better[_-]sqlite3[^/\\]*\.node$/;
/** The function that ends the process. A driver names it only when it was compiled with the headers at fault. */
const FAULT = 'RemoveEnvironmentCleanupHook';

/**
 * The headers of Node.js 24.19 and later 24 have a fault (https://github.com/nodejs/node/issues/65446): Node.js aborts
 * when it collects a native object of better-sqlite3 12. A database is such an object, closed or not, and so is each
 * statement. For a driver that was compiled so, we keep all of them until the process ends; other drivers stay as
 * they are. Called before the application opens its database.
 */
export function keepNativeObjects(): void {
  if (!process.versions.node.startsWith('24.')) return;
  const connection = connectionOfDriver();
  const native = connection && nativeOf(connection);
  if (!native) return;
  if (!isFaulty()) return void connection.close();
  const prototype = Object.getPrototypeOf(native) as Keeping;
  if (prototype[KEPT]) return void prototype[KEPT].add(native);
  const kept = new Set<unknown>([native]);
  for (const name of ['prepare', 'exec', 'backup']) keepFrom(prototype, name, kept);
  new Logger('AuthModule').warn(
    'better-sqlite3 was compiled with headers of Node.js 24.19 or later. They end the process when a statement or a database is collected (https://github.com/nodejs/node/issues/65446). AuthModule keeps all of them until the process ends, so memory grows with the number of statements. Give TypeORM better-sqlite3 13 as "driver", use another version of Node.js, or compile with older headers: npm rebuild better-sqlite3 --build-from-source --target=24.18.1',
  );
}

/** A database of the driver that TypeORM will load; undefined when there is none. */
function connectionOfDriver(): Connection | undefined {
  try {
    const { driver } = new DataSource({ type: 'better-sqlite3', database: ':memory:' });
    const { sqlite } = driver as unknown as { sqlite: new (path: string) => Connection };
    return new sqlite(':memory:');
  } catch {
    return undefined;
  }
}

/** better-sqlite3 has the native object under a symbol of its own. */
function nativeOf(connection: Connection): Native | undefined {
  const [symbol] = Object.getOwnPropertySymbols(connection);
  return symbol && (connection as unknown as Record<symbol, Native>)[symbol];
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
