import type { ChatPart } from '../../src/chat-contract';
import { partLabel, partState, troubles } from '../model/parts';
import { h, setAttributes, setText } from './element';
import type { Part } from './ui';

/** A row that names Popple's parts, each with a dot for its state. It is not there where nobody tells of them. */
export function partsRow(): Part {
  const list = h('ul', { class: 'parts-list', role: 'list' });
  const element = h(
    'section',
    { class: 'parts', 'data-part': 'parts', 'aria-label': 'Parts of Popple' },
    list,
  );
  let shownKey = '';
  return {
    element,
    update({ parts }) {
      element.hidden = parts === undefined;
      const key = JSON.stringify(parts);
      if (parts === undefined || key === shownKey) return;
      shownKey = key;
      list.replaceChildren(
        ...inOrder(parts).map((part) =>
          h(
            'li',
            { class: 'part', 'data-name': part.name, 'data-state': part.state, title: partState(part) },
            h('span', { class: 'part-dot', 'aria-hidden': 'true' }),
            partLabel(part),
            h('span', { class: 'visually-hidden' }, `: ${partState(part)}`),
          ),
        ),
      );
    },
  };
}

/** As the supervisor starts them is no order for a reader. */
function inOrder(parts: readonly ChatPart[]): ChatPart[] {
  const order: readonly ChatPart['name'][] = ['bot', 'svc', 'nats', 'postgres'];
  return parts.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

/** Says which part does not work, and what that means for what one writes. */
export function partsNotice(): Part {
  const text = h('p', { class: 'notice-text' });
  const dot = h('span', { class: 'part-dot', 'aria-hidden': 'true' });
  const element = h('div', { class: 'notice', role: 'status', 'data-part': 'parts-notice' }, dot, text);
  return {
    element,
    update({ parts }) {
      const said = troubles(parts);
      setAttributes(element, { 'data-quiet': said.length === 0 });
      setText(text, said.join(' '));
    },
  };
}
