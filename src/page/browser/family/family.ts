/** Who can hold a refresh token: the visitor, the visitor's second tab, a thief. */
export type Holder = 'you' | 'tab' | 'thief';

/** How a family ended. */
export interface FamilyEnd {
  /** `reuse`: a token that had been replaced came back. `ended`: somebody signed out. */
  readonly by: 'reuse' | 'ended';
  /** The generation that came back, when its reuse ended the family. */
  readonly presented: number | null;
}

/** A refresh-token family as the picture shows it. */
export interface Family {
  /** Generation of the newest token, the only one that rotates. The first is 0. */
  readonly newest: number;
  /** How often a replaced token came back and was answered with its successor, by its generation. */
  readonly replays: Readonly<Record<number, number>>;
  readonly holders: Readonly<Partial<Record<Holder, number>>>;
  readonly end: FamilyEnd | null;
  /** Whether the server accepts the family's access token, as far as it was tried or follows from the end. */
  readonly accessToken: 'accepted' | 'refused';
}

/** What the server did with the family: of an event, or concluded from an answer. */
export interface FamilyChange {
  readonly type: string;
  readonly generation?: number;
  readonly distance?: number;
  readonly reason?: string;
}

export const NEW_FAMILY: Family = {
  newest: 0,
  replays: {},
  holders: { you: 0 },
  end: null,
  accessToken: 'accepted',
};

/** What people call a generation: the first token is token 1. */
export const nameOf = (generation: number): string => `token ${generation + 1}`;

/** The family after the server did something. */
export function changed(family: Family, { type, generation, distance }: FamilyChange): Family {
  if (family.end) return family;
  switch (type) {
    case 'token_rotated':
      return { ...family, newest: Math.max(family.newest, generation ?? 0) };
    case 'token_replayed': {
      const parent = family.newest - 1;
      return { ...family, replays: { ...family.replays, [parent]: (family.replays[parent] ?? 0) + 1 } };
    }
    case 'reuse_detected':
      return ended(family, { by: 'reuse', presented: family.newest - (distance ?? 1) });
    case 'sign_in_ended':
    case 'subject_ended':
      return ended(family, { by: 'ended', presented: null });
    default:
      return family;
  }
}

/** The family after somebody got hold of a token; null: lost all of them. */
export function held(family: Family, holder: Holder, generation: number | null): Family {
  const { [holder]: _former, ...others } = family.holders;
  return { ...family, holders: generation === null ? others : { ...others, [holder]: generation } };
}

/** The family in words, for people who do not see the picture: one line for each token, and one for the end. */
export function described(family: Family): string[] {
  const { newest, end } = family;
  const lines = Array.from({ length: newest + 1 }, (_, generation) => tokenLine(family, generation));
  if (end?.by === 'reuse') {
    const which = end.presented === null ? 'A token that had been replaced' : capital(nameOf(end.presented));
    lines.push(`${which} came back: two holders. The whole family has ended.`);
  } else if (end) lines.push('The sign-in has ended.');
  lines.push(`The access token is ${family.accessToken}.`);
  return lines;
}

/** One sentence for the picture's name. */
export function summary(family: Family): string {
  const { newest, end } = family;
  const chain = newest === 0 ? 'one token' : `${newest + 1} tokens, each the successor of the one before`;
  const state =
    end === null ? `${nameOf(newest)} is good` : 'all of them are dead, and so is the access token';
  return `A refresh-token family of ${chain}: ${state}.`;
}

const HOLDERS: Readonly<Record<Holder, string>> = { you: 'you', tab: 'your second tab', thief: 'the thief' };

function tokenLine({ newest, replays, holders, end }: Family, generation: number): string {
  const state = end ? 'dead' : generation === newest ? 'the good one' : 'used up';
  const who = (Object.keys(HOLDERS) as Holder[]).filter((one) => holders[one] === generation);
  const held = who.length === 0 ? '' : `, held by ${who.map((one) => HOLDERS[one]).join(' and ')}`;
  const times = replays[generation] ?? 0;
  const repeated =
    times === 0
      ? ''
      : `; it came again ${times === 1 ? 'once' : `${times} times`} and got the same successor`;
  return `${capital(nameOf(generation))}: ${state}${held}${repeated}.`;
}

function ended(family: Family, end: FamilyEnd): Family {
  return { ...family, end, accessToken: 'refused' };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
