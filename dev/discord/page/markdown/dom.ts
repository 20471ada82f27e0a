import { h } from '../view/element';
import type { Block, Inline } from './node';
import { mentionText, type Names, timeText } from './plain-text';

/** What the text does not contain. */
export interface RenderContext {
  readonly names: Names;
  /** Ids of the members that the message really pings. */
  readonly pings: readonly string[];
  readonly viewerId: string;
  /** A mention of a user was clicked. */
  openPerson(id: string, anchor: HTMLElement): void;
  /** A mention of a channel was clicked. */
  openChannel(id: string): void;
}

/**
 * Builds what a message looks like. Content becomes text nodes and attributes only, never markup, so nothing that
 * anybody writes can run or restyle the page.
 */
export function renderMarkdown(blocks: readonly Block[], context: RenderContext): DocumentFragment {
  const fragment = document.createDocumentFragment();
  let list: HTMLElement | undefined;
  let longest = 1;
  for (const block of blocks) {
    if (block.type === 'item') {
      list ??= fragment.appendChild(h('ul', { class: 'md-list', role: 'list' }));
      const marker = h('span', { class: 'md-marker' }, `${block.marker} `);
      const item = h('li', {}, marker, renderInline(block.children, context));
      item.style.setProperty('--depth', String(block.depth));
      list.append(item);
      longest = Math.max(longest, block.marker.length - 1);
      list.style.setProperty('--marker-length', String(longest));
      continue;
    }
    list = undefined;
    longest = 1;
    fragment.append(renderBlock(block, context));
  }
  return fragment;
}

function renderBlock(block: Exclude<Block, { type: 'item' }>, context: RenderContext): HTMLElement {
  switch (block.type) {
    case 'paragraph':
      return h('div', { class: 'md-paragraph' }, renderInline(block.children, context));
    case 'subtext':
      return h('div', { class: 'md-subtext' }, renderInline(block.children, context));
    case 'heading': {
      // Not h1–h3: the page's outline is its own, not what members shout.
      const attributes = { class: `md-heading md-heading-${block.level}` };
      return h('div', attributes, renderInline(block.children, context));
    }
    case 'quote':
      return h('blockquote', {}, renderMarkdown(block.children, context));
  }
}

function renderInline(nodes: readonly Inline[], context: RenderContext): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const node of nodes) fragment.append(renderNode(node, context));
  return fragment;
}

function renderNode(node: Inline, context: RenderContext): Node {
  switch (node.type) {
    case 'text':
      return document.createTextNode(node.text);
    case 'strong':
      return h('strong', {}, renderInline(node.children, context));
    case 'emphasis':
      return h('em', {}, renderInline(node.children, context));
    case 'underline':
      return h('u', {}, renderInline(node.children, context));
    case 'strike':
      return h('s', {}, renderInline(node.children, context));
    case 'spoiler':
      return spoiler(renderInline(node.children, context));
    case 'code':
      return h('code', {}, node.text);
    case 'code-block':
      return h('pre', { tabindex: 0, 'data-language': node.language || undefined }, h('code', {}, node.text));
    case 'link':
      return h(
        'a',
        { href: node.url, title: node.url, target: '_blank', rel: 'noopener noreferrer nofollow' },
        renderInline(node.children, context),
      );
    case 'user':
    case 'channel':
    case 'role':
      return mention(node, context);
    case 'everyone':
      return h('span', { class: 'mention' }, `@${node.name}`);
    case 'emoji':
      return h('span', { class: 'md-emoji', title: `:${node.name}:` }, `:${node.name}:`);
    case 'time': {
      const at = new Date(node.atMs);
      const valid = !Number.isNaN(at.getTime());
      const title = valid
        ? at.toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'short' })
        : undefined;
      const attributes = { class: 'md-time', title, datetime: valid ? at.toISOString() : undefined };
      return h('time', attributes, timeText(node, Date.now()));
    }
  }
}

function spoiler(content: DocumentFragment): HTMLElement {
  const inside = h('span', { class: 'spoiler-inside', 'aria-hidden': 'true', inert: true }, content);
  const element = h(
    'span',
    { class: 'spoiler', role: 'button', tabindex: 0, 'aria-label': 'Spoiler, reveal' },
    inside,
  );
  const reveal = () => {
    for (const name of ['role', 'tabindex', 'aria-label']) element.removeAttribute(name);
    inside.removeAttribute('aria-hidden');
    inside.removeAttribute('inert');
    element.classList.add('spoiler-open');
  };
  element.addEventListener('click', reveal);
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    reveal();
  });
  return element;
}

function mention(node: Inline & { type: 'user' | 'channel' | 'role' }, context: RenderContext): HTMLElement {
  const text = mentionText(node, context.names);
  const id = node.id;
  if (node.type === 'user' && context.names.user(id) !== undefined) {
    const pingsViewer = id === context.viewerId && context.pings.includes(id);
    const className = pingsViewer ? 'mention mention-viewer' : 'mention';
    const element = h('button', { type: 'button', class: className, 'data-mention': id }, text);
    element.addEventListener('click', () => context.openPerson(id, element));
    return element;
  }
  if (node.type === 'channel' && context.names.channel(id) !== undefined) {
    const element = h('button', { type: 'button', class: 'mention', 'data-channel-mention': id }, text);
    element.addEventListener('click', () => context.openChannel(id));
    return element;
  }
  return h('span', { class: 'mention', 'data-mention': id }, text);
}
