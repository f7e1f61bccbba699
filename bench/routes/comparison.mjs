// What the benchmarks of routes report alike: a table of lines, each against its baseline, and ratios of two lines.
import { ratio, table, target, whole } from '../lib/report.mjs';
import { median, ratiosPerRound, spread } from '../lib/statistics.mjs';

const SATURATED = 0.9;

/** Measurements of one adapter, as `measureRoutes` returns them. */
export class Comparison {
  #byName;

  constructor(adapter, measurements) {
    this.adapter = adapter;
    this.#byName = new Map([...measurements].map(([variant, rounds]) => [variant.name, { variant, rounds }]));
  }

  table() {
    const rows = [...this.#byName.values()].map(({ variant: { name, label, baseline }, rounds }) => {
      const perSecond = this.#ratios(name, baseline, 'perSecond');
      const microseconds = this.#ratios(name, baseline, 'microseconds');
      return [
        label,
        whole(median(rounds.map((round) => round.perSecond))),
        perSecond ? ratio(spread(perSecond)) : '-',
        median(rounds.map((round) => round.microseconds)).toFixed(1),
        microseconds ? ratio(spread(microseconds.map((cost) => 1 / cost))) : '-',
        percent(rounds.map((round) => round.busy)),
      ];
    });
    const headings = [
      '',
      'req/s',
      'ratio to unguarded (IQR)',
      'CPU us/req',
      'ratio by CPU time (IQR)',
      'busy',
    ];
    return [this.adapter.toUpperCase(), table(headings, rows)].join('\n');
  }

  /** Requests per second of one line against another's; undefined when one was not measured. */
  ratio(name, baseline) {
    const ratios = this.#ratios(name, baseline, 'perSecond');
    return ratios && median(ratios);
  }

  /** The same by processor time of the server: above 1 when `name` costs less. */
  ratioByCpu(name, baseline) {
    const ratios = this.#ratios(name, baseline, 'microseconds');
    return ratios && 1 / median(ratios);
  }

  /** Lines that say whether a target is met; none when one of the two was not measured. */
  targets(title, name, baseline, atLeast) {
    const perSecond = this.ratio(name, baseline);
    if (perSecond === undefined) return [];
    return [
      target(title, perSecond, atLeast),
      target('the same, by processor time of the server', this.ratioByCpu(name, baseline), atLeast),
    ];
  }

  /** What a reader must know when something kept the server of this line from its core. */
  notes(name) {
    const rounds = this.#byName.get(name)?.rounds;
    if (!rounds) return [];
    const busy = rounds.map((round) => round.busy);
    if (median(busy) >= SATURATED) return [];
    const loadBusy = rounds.map((round) => round.loadBusy);
    return [
      `note    the server had a processor for ${percent(busy)} of the time, the load for ${percent(loadBusy)}: other processes or the load itself`,
      '        held it up, so that requests per second say less here than processor time does',
    ];
  }

  #ratios(name, baseline, figure) {
    const [values, others] = [name, baseline].map((one) =>
      this.#byName.get(one)?.rounds.map((round) => round[figure]),
    );
    return values && others && ratiosPerRound(values, others);
  }
}

function percent(shares) {
  return `${Math.round(median(shares) * 100)} %`;
}
