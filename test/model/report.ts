import type { Count, Exploration } from './explore.js';

/** What each rule did in all schedules: the table that the documentation quotes. */
export function ruleTable(explorations: readonly Exploration[]): string {
  const rules = explorations[0]!.tallies.map(({ rule }) => rule);
  const rows = rules.map((rule, lane) => {
    const sum = (count: Count) =>
      explorations.reduce((total, { tallies }) => total + tallies[lane]!.counts[count], 0);
    return [
      rule,
      number(schedulesOf(explorations)),
      number(sum('falseLogout')),
      number(sum('silentTheft')),
      number(sum('acceptedAfterRevocation')),
      number(sum('outsideThePromise')),
    ];
  });
  return table(
    [
      'rule',
      'schedules',
      'false logouts',
      'silent thefts',
      'accepted after revocation',
      'honest logouts outside the promise',
    ],
    rows,
  );
}

/** What was explored, and how deep. */
export function scenarioTable(explorations: readonly Exploration[]): string {
  const rows = explorations.map(({ scenario, schedules, depth }) => [
    scenario.name,
    scenario.about,
    number(scenario.faults),
    number(depth),
    number(schedules),
  ]);
  return table(
    ['scenario', 'interleaved', 'faults', 'moves', 'schedules'],
    [...rows, ['in all', '', '', '', number(schedulesOf(explorations))]],
  );
}

export function schedulesOf(explorations: readonly Exploration[]): number {
  return explorations.reduce((total, { schedules }) => total + schedules, 0);
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
