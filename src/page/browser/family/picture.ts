import { svg } from '../dom.js';
import { type Family, type Holder, nameOf, summary } from './family.js';

/** Id of the list that has the picture in words. */
export const IN_WORDS = 'family-in-words';

const NAMES: Readonly<Record<Holder, string>> = { you: 'You', tab: 'Tab 2', thief: 'Thief' };
const HOLDERS = Object.keys(NAMES) as Holder[];

const HEIGHT = 276;
const CELL_MIN = 98;
const CELL_MAX = 168;
const BOX = { width: 78, height: 46, y: 92 };
const CHIP = { width: 62, height: 26, step: 32, y: 14 };
const STILL = matchMedia('(prefers-reduced-motion: reduce)');

interface Place {
  readonly first: number;
  /** Middle of a generation's box. */
  x(generation: number): number;
  readonly width: number;
}

/** Draws a family into an element, and moves what has changed since the last drawing. */
export class Picture {
  readonly #chipPlaces = new Map<Holder, { x: number; y: number }>();
  #shown: Family | null = null;

  constructor(private readonly root: HTMLElement) {
    new ResizeObserver(() => this.#shown && this.#draw(this.#shown, null)).observe(root);
  }

  show(family: Family): void {
    this.#draw(family, this.#shown);
    this.#shown = family;
  }

  /** The family that is on the picture is another one: nothing moves from there. */
  clear(): void {
    this.#shown = null;
    this.#chipPlaces.clear();
    this.root.replaceChildren();
  }

  #draw(family: Family, former: Family | null): void {
    const width = Math.max(280, this.root.clientWidth);
    const place = placeOf(family, width);
    const picture = svg(
      'svg',
      {
        class: `family-picture${family.end ? ' is-dead' : ''}`,
        role: 'img',
        'aria-label': summary(family),
        'aria-describedby': IN_WORDS,
        viewBox: `0 0 ${width} ${HEIGHT}`,
        height: HEIGHT,
      },
      earlier(place),
    );
    for (let generation = place.first; generation <= family.newest; generation++) {
      if (generation > place.first) picture.append(arrow(place, generation));
      const times = family.replays[generation] ?? 0;
      if (times > 0 && generation < family.newest)
        picture.append(loop(place, generation, times, isNew(family, former, generation)));
      const box = boxOf(family, place, generation);
      picture.append(box);
      if (former && generation > former.newest)
        move(box, [
          { opacity: 0, transform: 'scale(0.6)' },
          { opacity: 1, transform: 'none' },
        ]);
      if (family.end && !former?.end && former) this.#die(box, family, generation);
    }
    picture.append(accessToken(family, place));
    for (const holder of HOLDERS) this.#chip(picture, family, place, holder);
    this.root.replaceChildren(picture);
  }

  #die(box: SVGElement, { end, newest }: Family, generation: number): void {
    const distance = Math.abs(generation - (end?.presented ?? newest));
    move(box, [{ opacity: 0.2 }, { opacity: 1 }], {
      delay: 140 * distance,
      duration: 400,
      fill: 'backwards',
    });
  }

  #chip(picture: SVGElement, family: Family, place: Place, holder: Holder): void {
    const generation = family.holders[holder];
    if (generation === undefined) {
      this.#chipPlaces.delete(holder);
      return;
    }
    const above = HOLDERS.slice(0, HOLDERS.indexOf(holder)).filter((one) =>
      sameColumn(family, place, one, generation),
    );
    const x = place.x(Math.max(generation, place.first - 1));
    const y = CHIP.y + CHIP.step * (1 - above.length);
    const chip = svg(
      'g',
      { class: `holder is-${holder}`, transform: `translate(${x} ${y})` },
      svg('rect', {
        x: -CHIP.width / 2,
        y: -CHIP.height / 2,
        width: CHIP.width,
        height: CHIP.height,
        rx: 13,
      }),
      svg('text', { y: 5 }, NAMES[holder]),
    );
    const string = svg('line', { class: `string is-${holder}`, x1: x, y1: y + 13, x2: x, y2: BOX.y });
    // Each in a group of its own: the animation's transform takes the place of the attribute.
    const moved = svg('g', {}, chip);
    picture.append(...(above.length === 0 ? [string] : []), moved);
    const from = this.#chipPlaces.get(holder);
    this.#chipPlaces.set(holder, { x, y });
    if (!from) move(moved, [{ opacity: 0 }, { opacity: 1 }]);
    else if (from.x !== x || from.y !== y)
      move(moved, [{ transform: `translate(${from.x - x}px, ${from.y - y}px)` }, { transform: 'none' }], {
        duration: 650,
      });
  }
}

/** As many of the newest generations as fit. */
function placeOf({ newest }: Family, width: number): Place {
  const fit = Math.max(3, Math.floor((width - 20) / CELL_MIN));
  const first = Math.max(0, newest + 1 - fit);
  const shown = Math.min(newest + 1, fit);
  const cell = Math.min(CELL_MAX, (width - 20) / Math.max(3, shown));
  const start = Math.max(10, (width - cell * Math.max(3, shown)) / 2);
  return { first, width, x: (generation) => start + cell * (generation - first + 0.5) };
}

function boxOf(family: Family, place: Place, generation: number): SVGElement {
  const { newest, end } = family;
  const isReused = end?.by === 'reuse' && end.presented === generation;
  const state = end ? 'dead' : generation === newest ? 'good' : 'used';
  const label = isReused ? 'came back' : end ? 'dead' : generation === newest ? 'good' : 'used up';
  const x = place.x(generation);
  const box = svg(
    'g',
    { class: `token is-${state}${isReused ? ' is-reused' : ''}` },
    svg('rect', { x: x - BOX.width / 2, y: BOX.y, width: BOX.width, height: BOX.height, rx: 10 }),
    svg('text', { x, y: BOX.y + 20, class: 'name' }, nameOf(generation)),
    svg('text', { x, y: BOX.y + 37, class: 'state' }, label),
  );
  box.style.transformOrigin = `${x}px ${BOX.y + BOX.height / 2}px`;
  return box;
}

function arrow(place: Place, generation: number): SVGElement {
  const from = place.x(generation - 1) + BOX.width / 2 + 2;
  const to = place.x(generation) - BOX.width / 2 - 3;
  const y = BOX.y + BOX.height / 2;
  return svg('path', { class: 'arrow', d: `M${from} ${y}H${to}m-5 -4l5 4l-5 4` });
}

/** A token that came again, and was answered with its successor: a loop from the one to the other. */
function loop(place: Place, generation: number, times: number, isFresh: boolean): SVGElement {
  const [from, to] = [place.x(generation), place.x(generation + 1)];
  const y = BOX.y + BOX.height + 3;
  const path = svg('path', {
    class: 'loop',
    d: `M${from} ${y}C${from} ${y + 38} ${to} ${y + 38} ${to} ${y + 2}m-4 5l4 -5l4 5`,
    pathLength: 100,
  });
  const text = svg(
    'text',
    { class: 'loop-name', x: (from + to) / 2, y: y + 46 },
    times === 1 ? 'came again' : `came ${times} times`,
  );
  const group = svg('g', { class: 'replay' }, path, text);
  if (isFresh) move(group, [{ opacity: 0 }, { opacity: 1 }], { duration: 700 });
  return group;
}

function accessToken(family: Family, place: Place): SVGElement {
  const x = place.x(family.newest);
  const half = 84;
  const middle = Math.min(Math.max(x, half + 4), place.width - half - 4);
  const y = BOX.y + BOX.height + 66;
  return svg(
    'g',
    { class: `access is-${family.accessToken}` },
    svg('path', { class: 'string', d: `M${x} ${BOX.y + BOX.height}V${y}` }),
    svg('rect', { x: middle - half, y, width: 2 * half, height: 46, rx: 10 }),
    svg('text', { x: middle, y: y + 20, class: 'name' }, 'access token'),
    svg(
      'text',
      { x: middle, y: y + 37, class: 'state' },
      family.accessToken === 'accepted' ? 'accepted, 15 minutes' : 'refused',
    ),
  );
}

function earlier({ first }: Place): SVGElement | null {
  return first === 0 ? null : svg('text', { class: 'earlier', x: 4, y: BOX.y - 8 }, `${first} earlier`);
}

function isNew(family: Family, former: Family | null, generation: number): boolean {
  return former !== null && family.replays[generation] !== former.replays[generation];
}

function sameColumn({ holders }: Family, { first }: Place, one: Holder, generation: number): boolean {
  const other = holders[one];
  return other !== undefined && Math.max(other, first - 1) === Math.max(generation, first - 1);
}

function move(target: Element, frames: Keyframe[], options: KeyframeAnimationOptions = {}): void {
  if (!STILL.matches) target.animate(frames, { duration: 450, easing: 'ease-out', ...options });
}
