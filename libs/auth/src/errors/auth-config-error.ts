/**
 * A mistake in how the module is set up. Thrown while the application boots, never afterwards; the message names
 * the option, what was wrong with it and what is allowed.
 */
export class AuthConfigError extends Error {
  readonly code = 'AUTH_CONFIG_INVALID';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuthConfigError';
  }
}
