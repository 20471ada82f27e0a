import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import {
  Client,
  Events,
  GatewayIntentBits,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  Partials,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import type { LocalDiscord } from '../local-discord';
import { askForSuggestions, pressButton, submitModal, useCommand } from './interactions';
import { firstPlace, Stage } from './real-clients';

const stage = new Stage();
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.destroy();
  await stage.clear();
});

async function loggedIn(discord: LocalDiscord): Promise<Client> {
  const client = new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.MessageContent,
      GatewayIntentBits.DirectMessages,
    ],
    partials: [Partials.Channel],
    rest: { api: discord.apiUrl },
  });
  clients.push(client);
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  await ready;
  return client;
}

test('a bot written with the whole of discord.js is at home here', async () => {
  const discord = await stage.discord();
  const { world } = discord;
  const { channelId, authorId } = firstPlace(discord);
  const client = await loggedIn(discord);
  client.on(Events.MessageCreate, async (message) => {
    if (message.author.bot) return;
    if (!message.inGuild()) {
      await message.reply('in private');
      return;
    }
    await message.react('✅');
    await message.reply(`${message.member?.displayName} in ${message.guild.name}: ${message.content}`);
  });
  expect(client.guilds.cache.map((guild) => guild.name)).toEqual(['The Greenhouse', 'Night Shift']);
  expect(client.user?.username).toBe('Popple');

  const message = world.say({ channelId, authorId, content: 'hello' });
  await until(() => world.messages(channelId).length === 2, 'the reply');
  expect(message.reactions).toEqual([{ emoji: '✅', userIds: [world.botId] }]);
  expect(world.messages(channelId)[1]).toMatchObject({
    content: 'Alice in The Greenhouse: hello',
    replyToId: message.id,
    mentions: [authorId],
  });

  const dm = world.dm(authorId);
  world.say({ channelId: dm.id, authorId, content: 'help' });
  await until(() => world.messages(dm.id).length === 2, 'the reply in private');

  const member = client.users.cache.get(authorId);
  const sent = await member?.send('a thought');
  expect(world.messages(dm.id).at(-1)?.id).toBe(sent?.id ?? '');
  await sent?.edit('a second thought');
  await sent?.delete();
  expect(world.messages(dm.id)).toHaveLength(2);
  const history = await client.channels.cache.get(channelId)?.fetch();
  expect(history?.isTextBased()).toBe(true);
});

test('a bot written with the whole of discord.js answers commands, buttons, modals and suggestions', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const client = await loggedIn(discord);
  client.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isChatInputCommand()) {
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      await interaction.editReply(`${interaction.member?.user.username} in ${interaction.guild?.name}`);
      await interaction.followUp('for everybody');
    } else if (interaction.isButton()) {
      const input = new TextInputBuilder().setCustomId('reason').setStyle(TextInputStyle.Short);
      const label = new LabelBuilder().setLabel('Why?').setTextInputComponent(input);
      await interaction.showModal(
        new ModalBuilder().setCustomId('m1').setTitle('Reason').addLabelComponents(label),
      );
    } else if (interaction.isModalSubmit() && interaction.isFromMessage()) {
      await interaction.update({ content: interaction.fields.getTextInputValue('reason'), components: [] });
    } else if (interaction.isAutocomplete()) {
      await interaction.respond([{ name: interaction.options.getFocused(), value: 'the build' }]);
    }
  });

  const { interactions } = discord.world;
  const command = useCommand(discord);
  await until(() => command.followUps.length === 1, 'the follow-up');
  expect(discord.world.ephemerals(channelId, authorId)).toMatchObject([
    { content: 'alice in The Greenhouse' },
  ]);
  expect(discord.world.messages(channelId)).toMatchObject([{ content: 'for everybody' }]);

  const press = pressButton(discord);
  await interactions.ended(press);
  await interactions.ended(submitModal(discord, press));
  expect(press.message).toMatchObject({ content: 'for the build', components: [] });

  const suggestions = askForSuggestions(discord);
  await interactions.ended(suggestions);
  expect(suggestions.answer).toMatchObject({ choices: [{ name: 'bui', value: 'the build' }] });
});
