import { mutantsOf } from './mutants-of.mjs';

/** What a signature is worth, and with which key. */
export const SIGNATURE_MUTANTS = [
  ...mutantsOf(
    'access-tokens/signatures.ts',
    ['signatures'],
    [
      ['a key of any type verifies', 'if (!isOfType ||', 'if ('],
      [
        'a private key verifies',
        "key.type === 'public' && key.asymmetricKeyType === type",
        'key.asymmetricKeyType === type',
      ],
      [
        'a key of any curve verifies',
        '(curve !== undefined && key.asymmetricKeyDetails?.namedCurve !== curve)',
        'false',
      ],
      ['ES256 takes DER', "{ dsaEncoding: 'ieee-p1363' }", '{}'],
      [
        'PS256 takes a salt of any length',
        'constants.RSA_PSS_SALTLEN_DIGEST',
        'constants.RSA_PSS_SALTLEN_AUTO',
      ],
      ['a key that is fit for one algorithm is fit for all', 'fit.get(key) === alg', 'fit.has(key)'],
      [
        'an HMAC need not be equal',
        'equalInConstantTime(tag(input, key), signature)',
        'signature.byteLength > 0',
      ],
      ['a flood stays on this thread', '++inThisTurn <= PER_TURN', '++inThisTurn > 0'],
    ],
  ),
];
