import { expect } from '@jest/globals';
import type { Credentials, TestNode } from '../../support/test-node.js';
import type { TimedAnswer } from '../../support/timed-request.js';
import type { Cluster } from './cluster.js';
import type { Kind, Scene } from './scene.js';
import type { Fate, Verdict } from './verdict.js';

/** A row of the table "what ends what". */
export interface Ending {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly current: Fate;
  readonly others: Fate;
  readonly bystanders: Fate;
  /** Where it happens, if that matters. */
  readonly where?: (cluster: Cluster) => TestNode;
  /** Gives what was handed out in place of the current credentials. */
  readonly happen: (node: TestNode, scene: Scene) => Promise<Credentials | void>;
}

const BOTH: readonly Kind[] = ['session', 'tokens'];
const OF_ONE = { kinds: BOTH, current: 'ended', others: 'lives', bystanders: 'lives' } as const;
const OF_ALL = { ...OF_ONE, others: 'ended' } as const;

async function done(answer: Promise<TimedAnswer>, status = 200): Promise<any> {
  const { status: given, body } = await answer;
  expect({ given, body }).toEqual({ given: status, body });
  return body;
}

/** The first token of a family that was rotated twice. */
const reuse = async (node: TestNode, { ancestor }: Scene): Promise<void> => {
  await done(node.refresh(ancestor), 401);
};

export const ENDINGS: readonly Ending[] = [
  { ...OF_ONE, name: 'logout', happen: (node, { current }) => done(node.logout(current), 204) },
  {
    ...OF_ONE,
    kinds: ['tokens'],
    name: 'logout by the access token',
    happen: (node, { current }) =>
      done(node.request('/auth/logout', { method: 'POST', credentials: current }), 204),
  },
  {
    ...OF_ALL,
    name: 'logout everywhere',
    happen: (node, { current }) =>
      done(node.request('/auth/logout-all', { method: 'POST', credentials: current }), 204),
  },
  {
    ...OF_ALL,
    name: 'disabled',
    happen: (node, { subject }) => done(node.control('user-disabled', { subject })),
  },
  {
    ...OF_ALL,
    name: 'deleted',
    happen: (node, { subject }) => done(node.control('forget', { subject })),
  },
  {
    ...OF_ALL,
    name: 'password changed',
    happen: async (node, { subject }) => {
      await done(node.control('credentials-changed', { subject }));
    },
  },
  {
    ...OF_ALL,
    kinds: ['session'],
    name: 'password changed, and the session kept',
    happen: (node, { subject, current: { sessionToken } }) =>
      done(node.control('credentials-changed', { subject, keep: { session: sessionToken } })),
  },
  {
    ...OF_ALL,
    kinds: ['tokens'],
    name: 'password changed, and the family kept',
    current: 'stale',
    happen: (node, { subject, current: { refreshToken } }) =>
      done(node.control('credentials-changed', { subject, keep: { refreshToken } })),
  },
  {
    ...OF_ONE,
    kinds: ['tokens'],
    name: 'reuse detected',
    where: ({ first }) => first,
    happen: reuse,
  },
  {
    ...OF_ALL,
    kinds: ['tokens'],
    name: 'reuse detected, which ends the subject',
    where: ({ last }) => last,
    happen: reuse,
  },
  {
    ...OF_ONE,
    name: 'roles changed',
    current: 'stale',
    others: 'stale',
    happen: (node, { subject }) => done(node.control('roles-changed', { subject })),
  },
];

/** Of everybody: no other scene outlives it. */
export const EVERYTHING: Ending = {
  ...OF_ALL,
  bystanders: 'ended',
  name: 'revoke everything',
  happen: (node) => done(node.control('revoke-everything')),
};

/** What the table says of a scene once this has happened. */
export function verdictsOf(
  { current, others, bystanders }: Ending,
  scene: Scene,
  handedOut: Credentials | void,
): readonly Verdict[] {
  const named = (name: string, fate: Fate) => (credentials: Credentials, i: number) => ({
    name: `${name} ${i} of ${scene.kind} ${scene.subject}`,
    credentials,
    fate,
  });
  return [
    ...[scene.current].map(named('current', current)),
    ...scene.others.map(named('other', others)),
    ...scene.bystanders.map(named('bystander', bystanders)),
    ...(handedOut?.signInId === undefined ? [] : [handedOut].map(named('handed out', 'lives'))),
  ];
}
