import { mutantsOf } from './mutants-of.mjs';

const TOKENS = 'features/account-flows/tokens';

/** What decides whether a link or a code is good, and for whom. */
export const ACTION_TOKEN_MUTANTS = [
  ...mutantsOf(
    `${TOKENS}/action-token.ts`,
    ['action tokens', 'magic links'],
    [
      ['a spent link is good', 'spentAt === null &&', 'true &&'],
      ['an expired link is good', 'now < expiresAt &&', 'true &&'],
      [
        'a link outlives a change of password',
        'credentialVersion === null || credentialVersion === credentialVersionNow',
        'true',
      ],
    ],
  ),
  ...mutantsOf(
    `${TOKENS}/action-link.ts`,
    ['link scanners'],
    [
      [
        'a link is good for another purpose',
        'const labelOf = (purpose: ActionPurpose): string => `a1 ${purpose} `;',
        'const labelOf = (_purpose: ActionPurpose): string => `a1 `;',
      ],
    ],
  ),
  ...mutantsOf(
    `${TOKENS}/action-tokens.ts`,
    ['magic links'],
    [
      [
        'a link is good in every browser',
        'askerHash === null || (asker !== null && equalHex(askerHash, asker))',
        'askerHash !== asker || true',
      ],
      [
        'a link is good for another address',
        'if (!isAskedBy(row, asker) || !this.isFor(row, context))',
        'if (!isAskedBy(row, asker))',
      ],
      [
        'what the store refused is accepted',
        'if (!(await this.store.redeem(row.id, owesEnding)))',
        'if (false && !(await this.store.redeem(row.id, owesEnding)))',
        ['magic links', 'first proof'],
      ],
    ],
  ),
  ...mutantsOf(
    `${TOKENS}/action-codes.ts`,
    ['codes'],
    [['every code is good', '.includes(true)', '.includes(false)']],
  ),
  ...mutantsOf(
    `${TOKENS}/memory-action-token-store.ts`,
    ['action tokens'],
    [
      ['the others stay good', 'other.purpose === row.purpose', 'false'],
      ['a rescue link ends those before it', 'other.createdAt > row.createdAt', 'true'],
      [
        "a stranger ends the owner's links",
        'if (isProving && (isHeld || own.length >= MOST_LIVE',
        'if (isProving) this.end((other) => other.subject === token.subject);\n    if (isProving && (isHeld || own.length >= MOST_LIVE',
      ],
      [
        'a thief gets a link while the account is rescued',
        'row.endingDue !== null &&',
        'row.endingDue === 0 &&',
      ],
      ['a rescue is good once, whatever came of it', '{ ...row, spentAt: null, ...(', '{ ...row, ...('],
    ],
  ),
  ...mutantsOf(
    `${TOKENS}/sql-action-token-store.ts`,
    ['action tokens'],
    [
      [
        'a rescue link ends those before it, in SQL',
        ' and ${c.createdAt} > ${createdAt}',
        ' and ${c.createdAt} > ${createdAt} - 100000',
      ],
      ['a thief gets a link while the account is rescued, in SQL', "['held']) > 0)", "['held']) > 9)"],
      [
        'a rescue without an address admits any other address',
        '(${c.contextHash} is null or ${c.contextHash} not in (${list(contextHashes)}))',
        '${c.contextHash} not in (${list(contextHashes)})',
      ],
      [
        'a rescue is good once, whatever came of it, in SQL',
        'set ${c.spentAt} = null${waits}',
        'set ${c.spentAt} = ${c.spentAt}${waits}',
      ],
      ['what is owed is swept', ', ${c.expiresAt} = ${nowMs} + ${OWING_KEPT_MS}', ''],
    ],
  ),
  ...mutantsOf(
    'features/account-flows/sign-in-links/mailed-sign-ins.ts',
    ['magic links'],
    [
      [
        'the first proof of an address ends nothing',
        'if (!isFirst) return principal;',
        'return principal;',
        ['first proof'],
      ],
      [
        'tries at a code are not counted',
        'else await attempt.cancelled();\n      throw error;\n    }\n    await attempt.succeeded();',
        'await attempt.cancelled();\n      throw error;\n    }\n    await attempt.succeeded();',
        ['codes'],
      ],
    ],
  ),
];
