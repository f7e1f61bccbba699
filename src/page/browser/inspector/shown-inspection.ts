import { element } from '../dom.js';
import type { InspectedToken, Inspection, Row, Verdict } from './inspect.js';

const CLASSES: Readonly<Record<Verdict['word'], string>> = {
  good: 'good',
  refused: 'bad',
  unchecked: 'unsure',
};
const WORDS: Readonly<Record<Verdict['word'], string>> = {
  good: 'Good',
  refused: 'Refused',
  unchecked: 'Nothing speaks against it',
};

/** One line that says what was found, for people who hear the page. It changes only when the outcome does. */
export function summaryOf({ tokens, nothing }: Inspection): string {
  if (nothing !== null) return `No token: ${nothing}.`;
  return tokens
    .map(({ kind, verdict }) => `Found: ${kind}${verdict ? `. ${verdictText(verdict)}` : ''}.`)
    .join(' ');
}

export function shownInspection({ tokens }: Inspection): Node[] {
  return tokens.map(shownToken);
}

function shownToken({ kind, about, verdict, header, claims, leaked }: InspectedToken): HTMLElement {
  return element(
    'article',
    { class: 'card' },
    element('h3', {}, kind[0]!.toUpperCase() + kind.slice(1)),
    element('p', {}, about),
    ...(verdict ? shownVerdict(verdict) : []),
    ...shownRows('Header', header),
    ...shownRows('Says', claims),
    element('p', { class: 'muted' }, `If it leaked: ${leaked}`),
  );
}

function verdictText({ word, why }: Verdict): string {
  return `${WORDS[word]}: ${why}`;
}

function shownVerdict(verdict: Verdict): Node[] {
  const { word, notChecked, notes } = verdict;
  const lines = [...notChecked.map((one) => `Not checked: ${one}`), ...notes];
  return [
    element('p', { class: `verdict ${CLASSES[word]}` }, element('strong', {}, verdictText(verdict))),
    ...(lines.length > 0
      ? [element('ul', { class: 'muted' }, ...lines.map((line) => element('li', {}, line)))]
      : []),
  ];
}

function shownRows(title: string, rows: readonly Row[]): Node[] {
  if (rows.length === 0) return [];
  const entries = rows.map(({ name, value, meaning }) =>
    element(
      'div',
      {},
      element('dt', {}, element('code', {}, name)),
      element('dd', {}, element('code', { class: 'value' }, value)),
      meaning === null ? null : element('dd', { class: 'muted' }, meaning),
    ),
  );
  return [element('h4', {}, title), element('dl', { class: 'members' }, ...entries)];
}
