import { MemorySubjectStore } from 'nestjs-aerie/testing';
import type { SubjectEpochs } from 'nestjs-aerie/stores';
import type { RefreshToken } from '../../libs/auth/src/refresh-tokens/refresh-token-codec.js';
import {
  type LiveReading,
  RefreshTokenService,
} from '../../libs/auth/src/refresh-tokens/refresh-token.service.js';
import { type History, type Instant, NOTHING_HAPPENED } from './history.js';
import { ModelCodec } from './model-codec.js';
import { OPTIONS } from './model-options.js';
import type { ModelStore, Rule } from './model-store.js';
import { type Findings, NO_FINDINGS } from './findings.js';

/** Whose sign-ins they are. */
export const ALICE = 'alice';
const BEGINNING = 1_700_000_000_000;

/** A request, as far as it has come: on the wire, in a process of the server, or answered. Replaced, never changed. */
export interface Process {
  readonly ended: boolean;
  /** What the request carries. */
  readonly token: string;
  readonly arrivedAt: number;
  readonly arrivedStep: number;
  readonly parsed?: RefreshToken;
  readonly reading?: LiveReading;
  readonly epochs?: SubjectEpochs;
  /** The token to answer with, not yet received. */
  readonly answer?: string;
}

/** All that a schedule acts on, under one rule: the server with its store, the clocks, and what everybody holds. */
export class World {
  readonly store: ModelStore;
  readonly service: RefreshTokenService;
  readonly subjects: MemorySubjectStore;
  readonly codec = new ModelCodec();
  /** Milliseconds that really passed. */
  now = BEGINNING;
  /** How far the database's clock was put back; negative when it was put forward. */
  behind = 0;
  /** Steps taken so far. */
  step = 0;
  directory: 'up' | 'down' | 'gone' = 'up';
  /** What each holder has: a token, or '' for none. */
  held: string[] = [];
  processes: (Process | undefined)[] = [];
  history: History = NOTHING_HAPPENED;
  findings: Findings = NO_FINDINGS;
  /** What a replica has: the store, and what had happened by then. */
  replica: { readonly store: unknown; readonly history: History } | undefined;
  /** Set when somebody wants to read what happens. */
  story: string[] | undefined;

  constructor(
    readonly rule: Rule,
    readonly holders: readonly string[],
  ) {
    const clock = { now: () => this.instant };
    this.subjects = new MemorySubjectStore(clock);
    this.store = rule.store(this.subjects, clock);
    this.service = new RefreshTokenService(this.store, this.codec, OPTIONS, { record: () => {} });
  }

  get instant(): Instant {
    return this.now - this.behind;
  }

  process(id: number): Process {
    return this.processes[id] ?? IDLE;
  }

  change(id: number, change: Partial<Process>): void {
    this.processes[id] = { ...this.process(id), ...change };
  }

  end(id: number): void {
    this.change(id, { ended: true });
  }

  tell(text: () => string): void {
    this.story?.push(text());
  }

  save() {
    const { now, behind, step, directory, history, findings, replica, held, processes } = this;
    return {
      fields: { now, behind, step, directory, history, findings, replica },
      held: held.slice(),
      processes: processes.slice(),
      salts: this.codec.salts,
      store: this.store.save(),
      epochs: this.subjects.epochOf(ALICE),
    };
  }

  restore({ fields, held, processes, salts, store, epochs }: ReturnType<World['save']>): void {
    Object.assign(this, fields);
    this.held = held.slice();
    this.processes = processes.slice();
    this.codec.salts = salts;
    this.store.restore(store);
    if (epochs !== null) this.subjects['bySubject'].set(ALICE, epochs);
  }
}

const IDLE: Process = { ended: false, token: '', arrivedAt: 0, arrivedStep: 0 };
