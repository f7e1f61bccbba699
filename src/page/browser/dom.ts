/** A child of an element: text is never parsed as HTML. */
export type Child = Node | string | number | null | undefined | false;

/** Attributes; a function is a listener of the event after `on`, such as `onclick`. */
export type Props = Readonly<
  Record<string, string | number | boolean | null | undefined | ((event: Event) => unknown)>
>;

/** Makes an HTML element. `true` is an empty attribute; `false`, null and undefined leave it out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), props, children);
}

/** Makes an element of SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}

/** A button, which never submits a form by itself. */
export function button(text: string, onclick: (event: Event) => unknown, props: Props = {}) {
  return element('button', { type: 'button', onclick, ...props }, text);
}

/** The element of an id that the page's HTML holds. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element #${id}`);
  return found;
}

function filled<E extends Element>(made: E, props: Props, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') made.addEventListener(name.replace(/^on/, ''), value);
    else made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children.filter(isShown).map((child) => (child instanceof Node ? child : String(child))));
  return made;
}

function isShown(child: Child): child is Node | string | number {
  return child !== null && child !== undefined && child !== false;
}
