import { partLabel, partState, troubles } from '../model/parts';
import { h, setAttributes, setText } from './element';
import type { Part } from './ui';

/** A row that names Popple's parts, each with a dot for its state. It is not there where nobody tells of them. */
export function partsRow(): Part {
  const list = h('ul', { class: 'parts-list', role: 'list', 'aria-label': 'Parts of Popple' });
  const element = h('div', { class: 'parts', 'data-part': 'parts' }, list);
  let shownKey = '';
  return {
    element,
    update({ parts }) {
      element.hidden = parts === undefined;
      const key = JSON.stringify(parts);
      if (parts === undefined || key === shownKey) return;
      shownKey = key;
      list.replaceChildren(
        ...parts.map((part) =>
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
