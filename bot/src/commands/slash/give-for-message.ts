import { snowflakeSchema } from '@popple/shared/contract/ids';
import { MAX_REASON_LENGTH } from '@popple/shared/contract/limits';
import { ApplicationCommandType, ComponentType, TextInputStyle } from 'discord.js';
import { mentionSubject } from '../../chat/subjects/subject';
import { reasonOf } from './options';
import { type Form, type MenuCommand, say } from './slash-command';

/** The custom id of the form is this and the author of the message. */
const PREFIX = 'g1';

/** *Give karma for this* in the menu of a message: asks what for, and gives its author one. */
export const giveForMessage: MenuCommand = {
  definition: { type: ApplicationCommandType.Message, name: 'Give karma for this' },
  run({ interaction }, targetId) {
    const message = interaction.data?.resolved?.messages?.[targetId];
    if (message === undefined) return say('Discord does not show me this message. Nothing was done.');
    if (message.author.bot || message.webhook_id) return say('Bots and webhooks have no karma.');
    return {
      form: {
        custom_id: `${PREFIX}:${message.author.id}`,
        title: 'Give karma for this',
        components: [
          {
            type: ComponentType.Label,
            label: 'What for?',
            description: 'You may leave it empty.',
            component: {
              type: ComponentType.TextInput,
              custom_id: 'reason',
              style: TextInputStyle.Short,
              max_length: MAX_REASON_LENGTH,
              required: false,
            },
          },
        ],
      },
    };
  },
};

export const giveForMessageForm: Form = {
  prefix: PREFIX,
  submit(use, rest) {
    if (!snowflakeSchema.safeParse(rest).success) return undefined;
    const changes = [{ ...mentionSubject(rest), delta: 1, ...reasonOf(use) }];
    return { ask: { kind: 'change-karma', changes }, reply: 'private' };
  },
};
