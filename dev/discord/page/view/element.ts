/** What a child may be: text becomes a text node and nothing else, so no content can turn into markup. */
export type Child = Node | string | false | undefined;

/** `true` sets an empty attribute; `false` and `undefined` set none. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Makes an element. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  for (const child of children) {
    if (child !== false && child !== undefined) element.append(child);
  }
  return element;
}

/** Sets attributes as `h` does; one that is `false` or `undefined` is taken away. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
}

/** Makes a button that does something, and submits no form. */
export function button(
  attributes: Attributes,
  onClick: (event: MouseEvent) => void,
  ...children: Child[]
): HTMLButtonElement {
  const element = h('button', { type: 'button', ...attributes }, ...children);
  element.addEventListener('click', onClick);
  return element;
}

/** Sets an element's text, leaving the text node alone where it is the same (a selection in it survives). */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
