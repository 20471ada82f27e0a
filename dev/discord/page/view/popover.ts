import { type Attributes, type Child, h } from './element';

const MARGIN_PX = 8;

/** Something that floats beside an element until it is closed. */
export interface Floating {
  readonly element: HTMLElement;
  close(): void;
}

/**
 * Shows content beside an element, wherever there is room; a click elsewhere or Escape closes it and gives the focus
 * back. The arrow keys move between the buttons in it.
 */
export function popover(anchor: HTMLElement, attributes: Attributes, children: readonly Child[]): Floating {
  const element = h(
    'div',
    { popover: 'auto', ...attributes, class: `popover ${attributes.class ?? ''}` },
    ...children,
  );
  // A dialog stands for itself; a menu belongs to the part of the page that it was opened in.
  const place = attributes.role === 'dialog' ? null : anchor.closest('section, nav, aside, main');
  (place ?? document.body).append(element);
  const close = () => element.hidePopover();
  element.addEventListener('toggle', (event) => {
    if (event.newState === 'closed') element.remove();
  });
  element.addEventListener('keydown', moveFocus);
  element.showPopover();
  position(element, anchor);
  (element.querySelector<HTMLElement>('[aria-checked="true"]') ?? element.querySelector('button'))?.focus();
  return { element, close };
}

function position(element: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = element;
  const below = at.bottom + MARGIN_PX + height <= innerHeight - MARGIN_PX;
  const top = below ? at.bottom + MARGIN_PX : at.top - MARGIN_PX - height;
  const left = at.left + width > innerWidth - MARGIN_PX ? at.right - width : at.left;
  element.style.left = `${clamp(left, innerWidth - width - MARGIN_PX)}px`;
  element.style.top = `${clamp(top, innerHeight - height - MARGIN_PX)}px`;
}

function clamp(value: number, most: number): number {
  return Math.max(MARGIN_PX, Math.min(value, most));
}

function moveFocus(event: KeyboardEvent): void {
  const steps: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  const step = steps[event.key];
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return;
  // These have a use of their own for arrow keys.
  if (event.target instanceof Element && event.target.closest('select, input') !== null) return;
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const index = buttons.findIndex((candidate) => candidate.matches(':focus'));
  const next = buttons[(index + step + buttons.length) % buttons.length];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
