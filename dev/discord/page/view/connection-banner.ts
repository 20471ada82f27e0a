import type { PageState } from '../store';
import { button, h } from './element';

/** Says that the server is away, and lets the impatient try at once. */
export function connectionBanner(retry: () => void): {
  element: HTMLElement;
  update(state: PageState): void;
} {
  const dot = h('span', { class: 'banner-dot', 'aria-hidden': 'true' });
  const text = h('span', {}, 'The local Discord went away. What you see may be old. Trying to reconnect …');
  const now = button({ class: 'banner-button' }, retry, 'Try now');
  const element = h(
    'div',
    { class: 'banner', role: 'status', 'data-component': 'banner', hidden: true },
    dot,
    text,
    now,
  );
  return {
    element,
    update({ connection }) {
      element.hidden = connection !== 'offline';
    },
  };
}
