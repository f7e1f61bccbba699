import { mutantsOf } from './mutants-of.mjs';

const CONTRACT = ['handover store'];
const ROUTES = ['handover'];

/** Sign-ins that live and end as one: who may open a child, once, and with whom it ends. */
export const HANDOVER_MUTANTS = [
  ...mutantsOf('features/handover/store/sql-handover-store.ts', CONTRACT, [
    [
      'a link is opened again',
      'and ${c.childId} is null and ${c.expiresAt} > ${nowMs}${forUpdate}',
      'and ${c.expiresAt} > ${nowMs}${forUpdate}',
    ],
    ['a link is opened past its time', ' and ${c.expiresAt} > ${nowMs}${forUpdate}', '${forUpdate}'],
    ['a link of another parent is taken', ' and ${c.parentId} = ${parent}\n', '\n'],
    ['a child is handed on', "if (Number(parents) > 0) return 'from_child';", ''],
    [
      'a former link stays good',
      'yield sql`delete from ${name} where ${c.parentId} = ${handover.parentId} and ${c.childId} is null`;',
      '',
    ],
    [
      'a child does not spare its parent',
      "(rows[0]?.['parent'] as string | undefined) ?? signInId",
      'signInId',
    ],
    [
      'a replaced parent loses its children',
      'yield sql`update ${name} set ${c.parentId} = ${next} where ${c.parentId} = ${former}`;',
      '',
    ],
    ['links outlive their subject', 'onSubjectEnded((subject, spared) => this.ending(subject, spared));', ''],
  ]),
  ...mutantsOf('sql/sign-ins/sql-linked-sign-ins.ts', CONTRACT, [
    ['children outlive their parent', 'revocations.afterEnd = (ids) => this.endingChildrenOf(ids);', ''],
    ['a parent that has ended opens children', '(yield* this.isLive(subject, origin.parent)) && ', ''],
    [
      'the parent of another subject opens children',
      '        and ${c.subject} = ${subjectKey(subject)} and ${c.revokedAt} is null and',
      '        and ${c.revokedAt} is null and',
    ],
    [
      'the end of a child is not announced',
      'yield* this.revocations.writeEach(ids, {',
      'if (ids.length < 0) yield* this.revocations.writeEach(ids, {',
    ],
  ]),
  ...mutantsOf('sql/sign-ins/sql-opening.ts', CONTRACT, [
    [
      'a link is not spent',
      'if (origin) yield* this.linked.links!',
      'if (origin && expiresAt < 0) yield* this.linked.links!',
    ],
  ]),
  ...mutantsOf('sessions/session-transitions.ts', CONTRACT, [
    [
      'a session outlives its parent',
      'Math.min(now + session.absoluteMs, session.notAfter ?? Infinity)',
      'now + session.absoluteMs',
    ],
  ]),
  ...mutantsOf('refresh-tokens/family-transitions.ts', CONTRACT, [
    [
      'a family outlives its parent',
      'Math.min(now + family.absoluteMs, family.notAfter ?? Infinity)',
      'now + family.absoluteMs',
    ],
  ]),
  ...mutantsOf('features/handover/handovers.ts', ROUTES, [
    ['a sign-in of long ago asks for a link', 'recent.require(principal, RECENT);', ''],
    [
      'more scopes are handed over than there are',
      'if (scopes && !(await this.has(parent, scopes))) throw new ScopeInvalidError();',
      '',
    ],
    [
      'a link is not narrowed',
      'scopes: commonScopes(parent.scopes, row.scopes),\n      label',
      'scopes: parent.scopes,\n      label',
    ],
    [
      'a child is authenticated anew',
      '        authenticatedAt,\n        notAfter',
      '        authenticatedAt: Date.now(),\n        notAfter',
    ],
  ]),
  ...mutantsOf('features/handover/handover-parents.ts', ROUTES, [
    [
      'an old refresh token asks for a link',
      "if (kind !== 'rotate' && kind !== 'replay') throw",
      "if (kind === 'desynchronised') throw",
    ],
  ]),
  ...mutantsOf('features/handover/http/handover.controller.ts', ROUTES, [
    ['another site clicks', 'this.origins.check(request);', ''],
    [
      'another user is signed out unasked',
      'if (first && first.id !== replaced)',
      "if (first && first.id === '')",
    ],
  ]),
];
