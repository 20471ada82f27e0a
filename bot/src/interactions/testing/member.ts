import type { InvocationInput, OptionInput, Outcome } from '@popple/local-discord/interaction-contract';
import { outcomeSchema } from '@popple/local-discord/interaction-contract';
import type { Channel, Message } from '@popple/local-discord/world/model';
import type { TestPopple } from '@popple/testing/popple';
import { ComponentType } from 'discord.js';

/** Who uses something, and where: Alice in the first channel unless another is named. */
export interface As {
  author?: string;
  channel?: Channel;
}

/** What members do with commands, menus and forms, and what they see of it. */
export interface Members {
  /** Waits until the commands are registered. */
  ready(): Promise<void>;
  /** Uses `/karma …` with these options. Resolves when it is responded to, or has failed. */
  slash(subcommand: string, options?: Record<string, OptionInput['value']>, as?: As): Promise<Outcome>;
  /** What is suggested for `what` of a subcommand. */
  suggestions(subcommand: string, text: string, as?: As): Promise<string[]>;
  /** Uses a command in the menu of a member or a message. */
  menu(name: string, targetId: string, as?: As): Promise<Outcome>;
  submit(outcome: Outcome, values: Record<string, string>, as?: As): Promise<Outcome>;
  /** Presses the button with this label below a response. */
  press(outcome: Outcome, label: string, as?: As): Promise<Outcome>;
  /** Waits for the text of the response. */
  words(outcome: Outcome, as?: As): Promise<string>;
  /** The response as it is now; undefined where there is none. */
  response(outcome: Outcome, as?: As): Message | undefined;
  /** What the bot has said for all to see and in reply to no message, oldest first. */
  announcements(as?: As): string[];
}

/** The members of the local Discord. */
export function membersOf(popple: TestPopple): Members {
  const { discord, until } = popple;
  const { world } = discord;
  const place = ({ author = 'Alice', channel = popple.channel() }: As = {}) => ({
    memberId: popple.member(author).id,
    channelId: channel.id,
  });
  const use = async (invocation: InvocationInput): Promise<Outcome> => {
    const response = await fetch(`${discord.url}/_local/interactions`, {
      method: 'POST',
      body: JSON.stringify(invocation),
      headers: { 'content-type': 'application/json' },
    });
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`the local Discord refused: ${JSON.stringify(body)}`);
    return outcomeSchema.parse(body);
  };
  const commandId = (name: string): string => {
    const command = world.commands().find((one) => one.name === name);
    if (command === undefined) throw new Error(`there is no command ${name}`);
    return command.id;
  };
  const response = (outcome: Outcome, as?: As): Message | undefined =>
    outcome.kind === 'replied' ? world.find(place(as).channelId, outcome.messageId) : undefined;
  return {
    ready: () => until('the commands are registered', () => world.commands().length > 0),
    slash: (subcommand, options = {}, as) =>
      use({
        kind: 'command',
        ...place(as),
        commandId: commandId('karma'),
        options: [
          {
            name: subcommand,
            options: Object.entries(options).map(([name, value]) => ({ name, value })),
          },
        ],
      }),
    suggestions: async (subcommand, text, as) => {
      const outcome = await use({
        kind: 'autocomplete',
        ...place(as),
        commandId: commandId('karma'),
        options: [{ name: subcommand, options: [{ name: 'what', value: text, focused: true }] }],
      });
      if (outcome.kind !== 'suggested') throw new Error(`nothing is suggested: ${outcome.kind}`);
      return outcome.choices.map(({ name }) => name);
    },
    menu: (name, targetId, as) =>
      use({ kind: 'command', ...place(as), commandId: commandId(name), targetId }),
    submit: ({ interactionId }, values, as) =>
      use({ kind: 'modal', memberId: place(as).memberId, interactionId, values }),
    press: async (outcome, label, as) => {
      const message = response(outcome, as);
      const row = message?.components?.find((one) => one.type === ComponentType.ActionRow);
      const button = row?.components.find(
        (one) => one.type === ComponentType.Button && 'label' in one && one.label === label,
      );
      if (message === undefined || button === undefined || !('custom_id' in button))
        throw new Error(`there is no button ${label}`);
      return await use({
        kind: 'component',
        ...place(as),
        messageId: message.id,
        customId: button.custom_id,
      });
    },
    words: async (outcome, as) => {
      const content = () => response(outcome, as)?.content ?? '';
      await until(`a response to the interaction ${outcome.kind}`, () => content() !== '');
      return content();
    },
    response,
    announcements: (as) =>
      world
        .messages(place(as).channelId)
        .filter((one) => one.authorId === world.botId && one.visibleTo === undefined && one.replyToId == null)
        .filter((one) => one.interaction == null)
        .map(({ content }) => content),
  };
}
