import { ResolvedAuthOptions } from '../../options/resolve-auth-options.js';
import { applicationPath } from '../application/application-path.js';
import { BootFailed, putTogether } from '../application/application.js';
import { CannotRun } from '../cannot-run.js';
import type { Style, Terminal } from '../terminal.js';
import { visible } from '../visible.js';
import { error, type Finding, type Level, warning } from './finding.js';
import { handlersFound } from './handlers.js';
import { proxyOf } from './proxy.js';
import { weakSettings } from './settings.js';
import { storesOf } from './stores.js';

export interface DoctorOptions {
  readonly json?: boolean;
  readonly strict?: boolean;
  readonly production?: boolean;
  readonly timeout: number;
}

const LEVELS: readonly Level[] = ['error', 'warning', 'note'];
const STYLES: Readonly<Record<Level, Style>> = { error: 'red', warning: 'yellow', note: 'cyan' };

/** Examines an application without starting it. The exit code: 1 when it found an error, or with `strict` a warning. */
export async function doctor(given: string, options: DoctorOptions, terminal: Terminal): Promise<number> {
  terminal.keepResultsApart();
  const isProduction = options.production === true || process.env['NODE_ENV'] === 'production';
  const found = await examine(given, isProduction, options.timeout * 1_000);
  const findings = found.toSorted((one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level));
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const failed = count('error') > 0 || (options.strict === true && count('warning') > 0);
  if (options.json) terminal.print(JSON.stringify({ application: given, ok: !failed, findings }, null, 2));
  else {
    for (const { level, code, message } of findings)
      terminal.print(
        `${terminal.styled(STYLES[level], level.padEnd(7))}  ${code}\n         ${visible(message)}`,
      );
    const counts = LEVELS.map((level) => `${count(level)} ${level}${count(level) === 1 ? '' : 's'}`);
    terminal.print(`${findings.length > 0 ? '\n' : ''}${given}: ${counts.join(', ')}`);
  }
  return failed ? 1 : 0;
}

async function examine(given: string, isProduction: boolean, timeoutMs: number): Promise<Finding[]> {
  try {
    const app = await putTogether(applicationPath(given), timeoutMs);
    const options = app.find(ResolvedAuthOptions);
    if (!options) throw new CannotRun(`${given} does not import AuthModule of nestjs-aerie`);
    const said = app.log.lines.filter(({ context }) => context === 'AuthModule');
    return [
      ...said.map(({ text }) => warning('said-at-boot', text)),
      ...weakSettings(options, isProduction, Date.now()),
      ...(await storesOf(app, options, isProduction)),
      ...handlersFound(app),
      ...proxyOf(app.path, isProduction),
    ];
  } catch (failure) {
    if (!(failure instanceof BootFailed)) throw failure;
    const { kind, message } = failure;
    if (kind === 'settings') return message.split('\n').map((line) => error('wrong-setting', line));
    if (kind === 'database') return [error('stores-unreachable', message)];
    throw new CannotRun(kind === 'timeout' ? message : `the application does not boot: ${message}`);
  }
}
