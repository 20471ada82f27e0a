import { emojiQuery, suggestEmoji } from '../emoji/emoji';
import { mentionQuery, suggest } from '../model/completion';
import type { Directory, Person } from '../model/directory';
import { avatar, personPicture } from './avatar';
import type { CompletionSource, Suggestion } from './completion-menu';
import type { Editor } from './editor';
import { h } from './element';
import { botTag } from './member-list';

/** People, after an `@`. */
export function people(editor: Editor, directory: () => Directory | undefined): CompletionSource {
  return (before) => {
    const query = mentionQuery(before);
    if (query === undefined) return undefined;
    const found = suggest(directory()?.people ?? [], query.query);
    const typed = query.query.length + 1;
    return { label: 'People', suggestions: found.map((person) => personSuggestion(person, typed, editor)) };
  };
}

/** Emoji, after a `:` and two characters of a name. */
export function emoji(editor: Editor): CompletionSource {
  return (before) => {
    const query = emojiQuery(before);
    if (query === undefined) return undefined;
    const suggestions = suggestEmoji(query).map(({ name, emoji }): Suggestion => {
      return {
        attributes: { 'data-emoji': emoji },
        children: [
          h('span', { class: 'completion-emoji', 'aria-hidden': 'true' }, emoji),
          h('span', {}, `:${name}:`),
        ],
        take: () => editor.insertText(`${emoji} `, query.length + 1),
      };
    });
    return { label: 'Emoji', suggestions };
  };
}

function personSuggestion(person: Person, typed: number, editor: Editor): Suggestion {
  const name = h('span', { class: person.bot ? 'person-bot' : 'person' }, person.displayName);
  if (person.color !== undefined) name.style.setProperty('--person', person.color);
  return {
    attributes: { 'data-member-id': person.id },
    children: [
      avatar(personPicture(person), 'avatar avatar-small'),
      name,
      person.bot && botTag(),
      h('span', { class: 'completion-about' }, person.username),
    ],
    take: () => editor.insertMention(person.id, typed),
  };
}
