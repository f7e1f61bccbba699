const MOST = 10;

const isSecret = (v: unknown): v is string => typeof v === 'string' && v !== '';

/** One secret, or a list of at most ten. */
export const isSecrets = (v: unknown): v is string | readonly string[] =>
  isSecret(v) || (Array.isArray(v) && v.length > 0 && v.length <= MOST && v.every(isSecret));

export const secretsOf = (given: string | readonly string[]): readonly string[] =>
  typeof given === 'string' ? [given] : given;
