import type { Scenario } from './scenario.js';
import { begin } from './event-steps.js';
import { epilogue } from './epilogue.js';
import type { Rule } from './model-store.js';
import { World } from './world.js';

/** One step of one item of one actor, and how it goes. */
export interface Move {
  readonly actor: number;
  readonly item: number;
  readonly step: number;
  readonly variant: number;
}

/** A world in which Alice has signed in. */
export async function newWorld(rule: Rule, { holders }: Scenario): Promise<World> {
  const world = new World(rule, holders);
  await begin(world);
  return world;
}

/** Makes a move; a promise when there is something to wait for. */
export function take(world: World, { actors }: Scenario, move: Move): Promise<void> | void {
  const item = actors[move.actor]!.items[move.item]!;
  // A rival may have ended earlier what the leading rule goes on with.
  if (world.process(item.process).ended) return;
  world.step++;
  return item.steps[move.step]![move.variant]!.act(world);
}

/** Runs one schedule by itself, to its end. */
export async function run(rule: Rule, scenario: Scenario, moves: readonly Move[]): Promise<World> {
  const world = await newWorld(rule, scenario);
  const first = world.held[0]!;
  world.story = [];
  for (const move of moves) await take(world, scenario, move);
  await epilogue(world, scenario, first);
  return world;
}
