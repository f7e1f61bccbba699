import type { World } from './world.js';
import {
  answer,
  arrive,
  type Caller,
  decide,
  directory,
  read,
  type RequestStep,
  send,
} from './request-steps.js';

/** One way that a step can go. */
export interface Variant {
  /** A crash or a loss: each scenario has a number of them to spend. */
  readonly fault: boolean;
  /** Whether it would change anything now: until it does, it is no move. Without it: always. */
  possible?(world: World): boolean;
  act(world: World): Promise<void> | void;
}

/** One way that an event can go. */
export type Way = Omit<Variant, 'fault'>;

/** What happens in one go; between two steps everybody else may act. */
export type Step = readonly Variant[];

/** A request, whose steps belong to one process; or an event, which has one step. */
export interface Item {
  readonly process: number;
  readonly steps: readonly Step[];
}

/** Somebody whose items follow one another. */
export interface Actor {
  readonly name: string;
  readonly items: readonly Item[];
  /** Does the same as the actor before it: it never begins before that one, or each schedule would be counted twice. */
  readonly twin: boolean;
}

/** Who presents what it holds in the epilogue. */
export type Holding = Pick<Caller, 'holder' | 'thief' | 'keyed' | 'who'>;

export interface Scenario {
  readonly name: string;
  /** What is interleaved, for the report. */
  readonly about: string;
  readonly holders: readonly string[];
  readonly holdings: readonly Holding[];
  readonly actors: readonly Actor[];
  readonly faults: number;
}

/** How finely a request is cut. What is within one bracket happens in one go. */
export type Grain = keyof typeof GRAINS;

const GRAINS = {
  /** Everything by itself. */
  finest: [[send], [arrive], [read], [directory], [decide], [answer]],
  /** The wire, the read, the statement, the answer. */
  wire: [[send], [arrive, read], [directory, decide], [answer]],
  /** The read, the directory, the statement, the answer. */
  server: [[send, arrive, read], [directory], [decide], [answer]],
  /** The read, the statement, the answer. */
  request: [[send, arrive, read], [directory, decide], [answer]],
  /** The exchange, and the answer. */
  exchange: [[send, arrive, read, directory, decide], [answer]],
  /** All in one go. */
  atomic: [[send, arrive, read, directory, decide, answer]],
} as const satisfies Record<string, readonly (readonly RequestStep[])[]>;

export interface RequestMaking extends Partial<Omit<Caller, 'who' | 'holder'>> {
  readonly grain?: Grain;
  /** `answers`: the answer may be lost (or the process may die before it is sent). `everywhere`: and after any step. */
  readonly faults?: 'none' | 'answers' | 'everywhere';
}

type MakeItem = (process: number) => Item;

/** A request that presents a holder's token. */
export function request(who: string, holder: number, making: RequestMaking = {}): MakeItem {
  const { grain = 'request', faults = 'none', ...rest } = making;
  const usual = { thief: false, keyed: false, stepUp: false, keepsOld: false };
  const caller: Caller = { ...usual, ...rest, who, holder };
  return (process) => {
    const run = (parts: readonly RequestStep[]) => async (world: World) => {
      for (const part of parts) {
        if (world.process(process).ended) return;
        const done = part(world, process, caller);
        // A promise costs more than most steps.
        if (done) await done;
      }
    };
    // Who holds nothing has nothing to send.
    const possible = (world: World) => world.held[holder] !== '';
    const steps = GRAINS[grain].map((parts: readonly RequestStep[], index): Step => {
      const start = index === 0 ? { possible } : {};
      const normal: Variant = { ...start, fault: false, act: run(parts) };
      const decides = parts.includes(decide);
      // A crash before the statement changes nothing; one after it loses the answer. So does the wire.
      if (faults === 'none' || (faults === 'answers' && !decides) || (parts.includes(answer) && !decides)) {
        return [normal];
      }
      const before = run(parts.filter((part) => part !== answer));
      const act = async (world: World) => {
        await before(world);
        if (!world.process(process).ended) {
          world.end(process);
          world.tell(() =>
            decides ? `the answer to ${who} is lost` : `the process that serves ${who} dies`,
          );
        }
      };
      return [normal, { ...start, fault: true, act }];
    });
    return { process, steps };
  };
}

/** Something that happens at once, in one of several ways. */
export function event(...ways: readonly Way[]): MakeItem {
  return (process) => ({ process, steps: [ways.map((way) => ({ ...way, fault: false }))] });
}

/** Something of several steps that is no presentation of a token: a sign-in. */
export function stepwise(
  ...parts: readonly ((world: World, process: number) => Promise<void> | void)[]
): MakeItem {
  return (process) => ({
    process,
    steps: parts.map((act) => [{ fault: false, act: (world) => act(world, process) }]),
  });
}

export interface ScenarioMaking extends Omit<Scenario, 'actors'> {
  /** By name; a name that ends in * is a twin of the one before it. */
  readonly actors: Readonly<Record<string, readonly MakeItem[]>>;
}

export function scenario({ actors, ...rest }: ScenarioMaking): Scenario {
  let processes = 0;
  return {
    ...rest,
    actors: Object.entries(actors).map(([name, items]) => ({
      name: name.replace('*', ''),
      twin: name.endsWith('*'),
      items: items.map((make) => make(processes++)),
    })),
  };
}
