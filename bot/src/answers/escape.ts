import { escapeMarkdown } from 'discord.js';

const MENTION = /^<@\d+>$/;

/**
 * A subject as it is written in a message: what would act as markdown, a mention, a link or a timestamp is shown
 * instead. A member (`<@id>`) is left as it is, so that Discord shows the name; replies never ping.
 */
export function escapeSubject(display: string): string {
  if (MENTION.test(display)) return display;
  const escaped = escapeMarkdown(display, {
    heading: true,
    bulletedList: true,
    numberedList: true,
    maskedLink: true,
  });
  // Discord's own markup for channels, roles, timestamps and custom emoji begins with '<', a quoted line with '>'.
  return escaped.replace(/[<>]/g, '\\$&');
}
