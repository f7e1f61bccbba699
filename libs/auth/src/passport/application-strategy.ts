import passport from 'passport';
import { Strategy } from 'passport-strategy';
import { setCurrent } from '../context/current-principal.js';
import type { HttpRequest } from '../context/http-request.js';
import { asHttpException, isUnauthorised, statusOf } from '../context/error-responses.js';
import { AuthError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';

/** What Passport adds to a strategy for one request. */
export interface PassportActions {
  success(user: unknown, info?: unknown): void;
  fail(challenge?: unknown, status?: number): void;
  error(error: unknown): void;
}

export interface RequestStrategy {
  authenticate(request: unknown, options?: unknown): void;
}

interface ApplicationRequest {
  /** Express. */
  readonly app?: object;
  /** Fastify. */
  readonly server?: object;
}

/**
 * A strategy under a fixed name that serves many applications. Passport is a process-wide singleton in which names
 * are global; so the name is registered once, and the request says whose strategy is meant. Without it, the last
 * application to boot would answer for all of them, and accept its own tokens there.
 */
export class ApplicationStrategy extends Strategy {
  private static readonly byName = new Map<string, ApplicationStrategy>();
  private readonly strategies = new WeakMap<object, RequestStrategy>();

  private constructor(readonly name: string) {
    super();
  }

  static named(name: string): ApplicationStrategy {
    let strategy = this.byName.get(name);
    if (!strategy) {
      strategy = new ApplicationStrategy(name);
      this.byName.set(name, strategy);
      passport.use(name, strategy);
    }
    return strategy;
  }

  /** `application` is the Express application or the Fastify instance. */
  add(application: object, strategy: RequestStrategy): void {
    this.strategies.set(application, strategy);
  }

  remove(application: object): void {
    this.strategies.delete(application);
  }

  override authenticate(request: unknown, options?: unknown): void {
    const { app, server } = request as ApplicationRequest;
    const strategy = this.of(app ?? server);
    const actions = this as unknown as PassportActions;
    if (!strategy)
      return actions.error(new Error('the application that serves this request has no AuthModule'));
    const run = Object.create(strategy) as RequestStrategy & PassportActions;
    run.success = (user, info) => actions.success(user, info);
    run.fail = (challenge, status) => actions.fail(challenge, status);
    run.error = (error) => actions.error(error);
    run.authenticate(request, options);
  }

  /** Fastify's encapsulated instances have the application's as their prototype. */
  private of(application: object | undefined): RequestStrategy | undefined {
    for (
      let own: object | null = application ?? null;
      own !== null;
      own = Object.getPrototypeOf(own) as object | null
    ) {
      const strategy = this.strategies.get(own);
      if (strategy) return strategy;
    }
    return undefined;
  }
}

/** `PassportStrategy()` registers itself from its own constructor; ours are registered by application instead. */
export const REGISTER_NOWHERE = { use: (): unknown => REGISTER_NOWHERE };

/**
 * Tells Passport how an authentication ended: a refusal is a `fail`, so that the next strategy of a chain is tried;
 * an outage is an `error`, and ends the chain.
 */
export function reportToPassport(
  principal: Promise<Principal>,
  request: HttpRequest,
  actions: PassportActions,
): void {
  principal.then(
    (found) => {
      setCurrent(request, found, found);
      actions.success(found);
    },
    (error: unknown) => {
      if (!(error instanceof AuthError)) return actions.error(error);
      if (isUnauthorised(error)) actions.fail(error, statusOf(error));
      else actions.error(asHttpException(error));
    },
  );
}
