import { CHAT_LOCALES } from '../../src/chat-locales';
import { h } from './element';
import type { ReadyState, Ui } from './ui';

/** What one can set of a member: the language of their client, and whether they are an administrator where one is. */
export function personSettings(memberId: string, { world, selection }: ReadyState, ui: Ui): HTMLElement[] {
  const member = world.members.find(({ id }) => id === memberId);
  if (member === undefined) return [];
  const options = CHAT_LOCALES.map((locale) =>
    h('option', { value: locale, lang: locale, selected: locale === member.locale }, nameOf(locale)),
  );
  const language = h('select', { class: 'field' }, ...options);
  language.addEventListener('change', () => {
    const locale = CHAT_LOCALES.find((known) => known === language.value);
    if (locale !== undefined) void ui.actions.setLocale(memberId, locale);
  });
  const settings: HTMLElement[] = [h('label', { class: 'card-setting' }, 'Language', language)];
  const guild = 'dm' in selection ? undefined : world.guilds.find(({ id }) => id === selection.guildId);
  if (guild === undefined) return settings;
  const isOwner = guild.ownerId === memberId;
  const administrator = h('input', {
    type: 'checkbox',
    checked: guild.administratorIds?.includes(memberId) ?? false,
    disabled: isOwner,
  });
  administrator.addEventListener(
    'change',
    () => void ui.actions.setAdministrator(guild.id, memberId, administrator.checked),
  );
  const about = isOwner ? `Owner of ${guild.name}` : `Administrator of ${guild.name}`;
  settings.push(h('label', { class: 'card-setting' }, administrator, about));
  return settings;
}

/** A language in its own words. */
function nameOf(locale: string): string {
  return new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale;
}
