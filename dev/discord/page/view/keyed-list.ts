/** An element, and how to bring it up to date. */
export interface View<T> {
  readonly element: HTMLElement;
  update(value: T): void;
}

/**
 * Keeps a parent's children in step with a list of values. A value with the same key keeps its element, so that focus,
 * selection and hovering survive; elements are moved only where the order has changed.
 *
 * @returns brings the children up to date; keys must be unique within one list
 */
export function keyedList<T>(
  parent: HTMLElement,
  keyOf: (value: T) => string,
  create: (value: T) => View<T>,
): (values: readonly T[]) => void {
  let views = new Map<string, View<T>>();
  return (values) => {
    const next = new Map<string, View<T>>();
    for (const value of values) {
      const key = keyOf(value);
      next.set(key, views.get(key) ?? create(value));
    }
    for (const [key, view] of views) {
      if (!next.has(key)) view.element.remove();
    }
    views = next;
    let cursor = parent.firstChild;
    for (const value of values) {
      const view = next.get(keyOf(value));
      if (view === undefined) continue;
      view.update(value);
      if (view.element === cursor) cursor = cursor.nextSibling;
      else parent.insertBefore(view.element, cursor);
    }
  };
}
