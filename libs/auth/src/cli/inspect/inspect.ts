import type { Terminal } from '../terminal.js';
import { instant } from '../instants.js';
import { visible } from '../visible.js';
import { givenSecret, type SecretSource } from './given-secret.js';
import { type PresentedToken, type ReadJwt, readPresentedToken } from './presented-token.js';
import { type Verdict, verdictOn } from './verdict.js';

export interface InspectOptions extends SecretSource {
  readonly jwks?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly json?: boolean;
}

/** Claims that are instants, in the order in which they happen. */
const TIMES: Readonly<Record<string, string>> = {
  auth_time: 'signed in',
  iat: 'issued',
  nbf: 'good from',
  exp: 'expires',
};

/** Tells what a token says and, with keys, what the verifier says of it. The exit code: 1 when it was refused. */
export async function inspect(
  given: string | undefined,
  options: InspectOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.secret !== undefined)
    terminal.say('--secret is seen by everybody who lists processes: prefer --secret-env or --secret-file');
  const text =
    given ?? (terminal.isInteractive ? await terminal.readHidden('token: ') : await terminal.readAll());
  const token = readPresentedToken(text);
  const { jwks, issuer, audience } = options;
  const secret = await givenSecret(options);
  const verdict = await verdictOn(token, { jwks, secret, issuer, audience });
  if (options.json) terminal.print(JSON.stringify({ ...told(token), verdict }, null, 2));
  else show(token, verdict, terminal);
  return verdict && !verdict.accepted ? 1 : 0;
}

/** What there is to tell of a token: never the part of it that is secret. */
function told(token: PresentedToken): object {
  if (!('header' in token)) {
    const { text: _, ...open } = token;
    return open;
  }
  const { kind, header, claims } = token;
  return { kind, header, claims };
}

function show(token: PresentedToken, verdict: Verdict | null, terminal: Terminal): void {
  terminal.print(terminal.styled('bold', token.kind));
  if ('header' in token) showJwt(token, terminal);
  else if (token.kind === 'refresh token') {
    rows(terminal, 'says', [
      ['family', token.familyId],
      ['generation', String(token.generation)],
    ]);
  } else rows(terminal, 'says', [['session', token.sessionId]]);
  if (!('header' in token))
    terminal.print(
      '\nThe rest of it is a secret and a tag. Whether it is good, the database knows (nestjs-aerie family).',
    );
  if (verdict) showVerdict(verdict, terminal);
}

function showJwt({ header, claims }: ReadJwt, terminal: Terminal): void {
  rows(terminal, 'header', Object.entries(header).map(written));
  rows(terminal, 'claims', Object.entries(claims).map(written));
  const now = Date.now();
  const times = Object.entries(TIMES).flatMap(([name, label]): [string, string][] => {
    const seconds = claims[name];
    return typeof seconds === 'number' ? [[label, instant(seconds * 1000, now)]] : [];
  });
  rows(terminal, 'times', times);
}

function written([name, value]: [string, unknown]): [string, string] {
  return [visible(name), visible(JSON.stringify(value))];
}

function showVerdict({ accepted, why, notChecked, notes }: Verdict, terminal: Terminal): void {
  const word = accepted ? terminal.styled('green', 'good') : terminal.styled('red', 'refused');
  terminal.print(`\nverdict\n  ${word}: ${why}`);
  for (const one of notChecked) terminal.print(`  not checked: ${one}`);
  for (const note of notes) terminal.print(`  ${note}`);
}

function rows(terminal: Terminal, title: string, lines: readonly (readonly [string, string])[]): void {
  if (lines.length === 0) return;
  terminal.print(`\n${title}`);
  const width = Math.max(...lines.map(([name]) => name.length));
  for (const [name, value] of lines) terminal.print(`  ${name.padEnd(width)}  ${value}`);
}
