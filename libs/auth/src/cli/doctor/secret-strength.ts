import { deflateRawSync } from 'node:zlib';

/** Words of examples and of placeholders. Random texts as good as never hold one. */
const WORDS_OF_EXAMPLES =
  /secret|password|passphrase|change[-_ ]?(me|this|it)|placeholder|example|keyboard ?cat|letmein|correct ?horse|for[-_ ]tests?|do[-_ ]not[-_ ]use|not[-_ ]safe|256[-_ ]?bit|your[-_ ]|foobar|qwerty|lorem/i;

/** 32 random bytes need more than this, however they are written. */
const LEAST_COMPRESSED_BYTES = 24;

/** Why a secret can be guessed; null: it looks random. What it says holds nothing of the secret. */
export function weaknessOf(secret: string): string | null {
  if (WORDS_OF_EXAMPLES.test(secret)) return 'it has a word of examples and placeholders in it';
  if (deflateRawSync(secret, { level: 9 }).length < LEAST_COMPRESSED_BYTES || new Set(secret).size < 10)
    return 'it repeats itself';
  if (/^[\p{L}\s.,!?'-]+$/u.test(secret) && /\s/.test(secret)) return 'it is made of words';
  return null;
}
