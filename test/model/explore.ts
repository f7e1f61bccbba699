import { epilogue } from './epilogue.js';
import type { Breach, Findings } from './findings.js';
import type { Rule } from './model-store.js';
import type { Scenario, Variant } from './scenario.js';
import { type Move, newWorld, take } from './schedule.js';
import type { World } from './world.js';

export type Count = Exclude<keyof Findings, 'thiefActed' | 'breaches'>;

/** What one rule did in all schedules of a scenario. */
export interface Tally {
  readonly rule: string;
  /** In how many schedules. */
  readonly counts: Record<Count, number>;
  /** The first schedule that broke each invariant. */
  readonly broken: Map<Breach['invariant'], readonly Move[]>;
}

export interface Exploration {
  readonly scenario: Scenario;
  readonly schedules: number;
  /** Moves in the longest schedule. */
  readonly depth: number;
  readonly tallies: readonly Tally[];
}

/**
 * Runs a scenario through every interleaving of its actors' steps, with every way that each step can go.
 *
 * What counts as a schedule: one sequence of moves, from sign-in to the last step of the last actor, that was run to
 * its end together with its epilogue, and judged after every presentation. No two are the same sequence. Twins are kept
 * in order, so that two tabs that change names make no second schedule. When a request has ended early (refused, lost)
 * its remaining steps are no moves; and what would change nothing (a directory that comes back though it never failed, a
 * copy of an empty hand) is no move until it would, so that its actor waits: to the end, if need be. A schedule is at its
 * end when no move is left. A request that reaches the server is a move whatever comes of it: that a refusal changes
 * nothing is what is judged. Nothing else is pruned: two schedules that reach the same state by different ways are both
 * run on.
 *
 * The first rule leads: what has ended under it, or would change nothing under it, makes no moves. The others go through the very same schedules
 * beside it, each in a world of its own; a request that goes on for longer under one of them ends in the same move.
 */
export async function explore(
  scenario: Scenario,
  rules: readonly [Rule, ...Rule[]],
  progress: (schedules: number) => void = () => {},
): Promise<Exploration> {
  const explorer = new Explorer(
    scenario,
    await Promise.all(rules.map((rule) => newWorld(rule, scenario))),
    progress,
  );
  await explorer.walk();
  return explorer.result();
}

const REPORT_EVERY = 50_000;

class Explorer {
  private schedules = 0;
  private depth = 0;
  private faults = 0;
  private readonly path: Move[] = [];
  /** The next item and step of each actor. */
  private at: { readonly item: number; readonly step: number }[];
  private readonly firstTokens: readonly string[];
  private readonly tallies: readonly Tally[];

  constructor(
    private readonly scenario: Scenario,
    private readonly worlds: readonly World[],
    private readonly progress: (schedules: number) => void,
  ) {
    this.at = scenario.actors.map(() => ({ item: 0, step: 0 }));
    this.firstTokens = worlds.map(({ held }) => held[0]!);
    this.tallies = worlds.map(({ rule }) => ({
      rule: rule.name,
      counts: { falseLogout: 0, silentTheft: 0, acceptedAfterRevocation: 0, outsideThePromise: 0 },
      broken: new Map(),
    }));
  }

  result(): Exploration {
    const { scenario, schedules, depth, tallies } = this;
    return { scenario, schedules, depth, tallies };
  }

  async walk(): Promise<void> {
    const moves = this.moves();
    if (moves.length === 0) return this.finish();
    const { at, faults } = this;
    const saved = moves.length > 1 ? this.worlds.map((world) => world.save()) : [];
    for (const [index, move] of moves.entries()) {
      if (index > 0) this.worlds.forEach((world, lane) => world.restore(saved[lane]!));
      this.at = at.slice();
      this.faults = faults + (this.variantOf(move).fault ? 1 : 0);
      this.path.push(move);
      await this.apply(move);
      await this.walk();
      this.path.pop();
    }
  }

  private moves(): Move[] {
    const moves: Move[] = [];
    for (const [actor, { items, twin }] of this.scenario.actors.entries()) {
      const { item, step } = this.at[actor]!;
      if (item === items.length) continue;
      if (twin && item === 0 && step === 0 && !this.hasBegun(actor - 1)) continue;
      for (const [variant, way] of items[item]!.steps[step]!.entries()) {
        if (way.fault && this.faults === this.scenario.faults) continue;
        if (way.possible && !way.possible(this.worlds[0]!)) continue;
        moves.push({ actor, item, step, variant });
      }
    }
    return moves;
  }

  private hasBegun(actor: number): boolean {
    const { item, step } = this.at[actor]!;
    return item > 0 || step > 0;
  }

  private async apply(move: Move): Promise<void> {
    const { actor, item, step } = move;
    const { process, steps } = this.scenario.actors[actor]!.items[item]!;
    for (const world of this.worlds) {
      const done = take(world, this.scenario, move);
      if (done) await done;
    }
    const over = step + 1 === steps.length || this.worlds[0]!.process(process).ended;
    this.at[actor] = over ? { item: item + 1, step: 0 } : { item, step: step + 1 };
    // The leader's process has ended, so only the others can have steps left.
    if (!over) return;
    for (const world of this.worlds.slice(1)) {
      for (let rest = step + 1; rest < steps.length; rest++) {
        await take(world, this.scenario, { actor, item, step: rest, variant: 0 });
      }
    }
  }

  private async finish(): Promise<void> {
    this.schedules++;
    this.depth = Math.max(this.depth, this.path.length);
    for (const [lane, world] of this.worlds.entries()) {
      await epilogue(world, this.scenario, this.firstTokens[lane]!);
      const { counts, broken } = this.tallies[lane]!;
      const { findings } = world;
      for (const count in counts) if (findings[count as Count]) counts[count as Count]++;
      for (const { invariant } of findings.breaches) {
        if (!broken.has(invariant)) broken.set(invariant, this.path.slice());
      }
    }
    if (this.schedules % REPORT_EVERY === 0) this.progress(this.schedules);
  }

  private variantOf({ actor, item, step, variant }: Move): Variant {
    return this.scenario.actors[actor]!.items[item]!.steps[step]![variant]!;
  }
}
