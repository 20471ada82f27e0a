import { afterEach, expect, test } from 'bun:test';
import { AttachmentBuilder, type RawFile } from 'discord.js';
import { type APIMessage, ButtonStyle, ComponentType, MessageFlags, Routes } from 'discord-api-types/v10';
import type { LocalDiscord } from '../local-discord';
import { firstPlace, restFor, Stage } from '../testing/real-clients';
import { errorsOf, post, refusal } from '../testing/rest-requests';

const stage = new Stage();
afterEach(() => stage.clear());

const flags = MessageFlags.IsComponentsV2;
const button = (custom_id: string, more: object = {}) => ({
  type: ComponentType.Button,
  style: ButtonStyle.Primary,
  label: 'Press',
  custom_id,
  ...more,
});
const row = (...components: object[]) => ({ type: ComponentType.ActionRow, components });
const words = (content: string) => ({ type: ComponentType.TextDisplay, content });
const select = (custom_id: string) => ({
  type: ComponentType.StringSelect,
  custom_id,
  options: [{ label: 'One', value: '1' }],
});
const issue = (code: string, message: string) => ({ _errors: [{ code, message }] });

async function send(discord: LocalDiscord, body: object, files: RawFile[] = []): Promise<APIMessage> {
  const { channelId } = firstPlace(discord);
  return (await restFor(discord).post(Routes.channelMessages(channelId), { body, files })) as APIMessage;
}

test('a message carries buttons and selects, and an edit changes them', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  const components = [
    row(button('b1:back'), button('b1:next', { disabled: true })),
    row(select('b1:period')),
  ];
  const message = await send(discord, { content: 'Board', components });
  expect(message.components).toMatchObject([
    {
      type: 1,
      id: 1,
      components: [
        { id: 2, custom_id: 'b1:back' },
        { id: 3, disabled: true },
      ],
    },
    { type: 1, id: 4, components: [{ id: 5, min_values: 1, max_values: 1, options: [{ value: '1' }] }] },
  ]);
  const path = Routes.channelMessage(channelId, message.id);
  expect(await restFor(discord).patch(path, { body: { content: 'Page 2' } })).toMatchObject({
    content: 'Page 2',
    components: message.components,
  });
  expect(await restFor(discord).patch(path, { body: { components: [] } })).toMatchObject({
    content: 'Page 2',
    components: [],
  });
});

test('with the flag a message is all components, and its texts ping', async () => {
  const discord = await stage.discord();
  const { authorId } = firstPlace(discord);
  const container = {
    type: ComponentType.Container,
    accent_color: 0x5865f2,
    components: [
      words(`# For <@${authorId}>`),
      { type: ComponentType.Separator },
      { type: ComponentType.Section, components: [words('Quota')], accessory: button('set:quota') },
      row(select('set:tab')),
    ],
  };
  const message = await send(discord, { flags, components: [container] });
  expect(message).toMatchObject({ content: '', flags, mentions: [{ id: authorId }] });
  expect(message.components).toMatchObject([
    {
      id: 1,
      spoiler: false,
      components: [
        { id: 2 },
        { id: 3, divider: true, spacing: 1 },
        { id: 4, accessory: { id: 6 } },
        { id: 7 },
      ],
    },
  ]);
  const legacy = send(discord, { flags, content: 'x', components: [container] });
  expect(await errorsOf(legacy)).toMatchObject({
    content: { _errors: [{ code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2' }] },
  });
});

test('components that are wrong are refused, each in its place', async () => {
  const discord = await stage.discord();
  const refused = async (components: object[], more: object = { content: 'x' }) =>
    Reflect.get(Object(await errorsOf(send(discord, { ...more, components }))), 'components');
  expect(await refused([words('x')])).toEqual({
    0: issue('UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1,).'),
  });
  expect(
    await refused([
      row(...Array.from({ length: 6 }, (_, n) => button(`b${n}`))),
      row(select('s'), button('c')),
      row(button('x'.repeat(101)), { type: 2, style: 1, custom_id: 'd' }, { type: 2, style: 5, label: 'x' }),
    ]),
  ).toEqual({
    0: { components: issue('BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.') },
    1: {
      components: {
        1: issue('COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'The specified component exceeds the maximum width'),
      },
    },
    2: {
      components: {
        0: { custom_id: issue('BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.') },
        1: { label: issue('BASE_TYPE_REQUIRED', 'This field is required') },
        2: { url: issue('BUTTON_COMPONENT_URL_REQUIRED', 'A url is required') },
      },
    },
  });
  expect(await refused([row(button('a'), button('a'))])).toEqual({
    0: {
      components: {
        1: {
          custom_id: issue('COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated'),
        },
      },
    },
  });
  const many = Array.from({ length: 14 }, (_, n) => row(button(`${n}a`), button(`${n}b`)));
  expect(await refused(many, { flags })).toEqual(
    issue('BASE_TYPE_MAX_LENGTH', 'The total number of components cannot exceed 40.'),
  );
  expect(await refused([words('x'.repeat(2001)), words('x'.repeat(2000))], { flags })).toMatchObject({
    _errors: [{ code: 'COMPONENT_MAX_TOTAL_TEXT_DISPLAY_LENGTH_EXCEEDED' }],
  });
  // 4,000 characters, and more bytes than Discord can take.
  const wide = await fetch(`${discord.apiUrl}/v10${Routes.channelMessages(firstPlace(discord).channelId)}`, {
    method: 'POST',
    headers: { authorization: 'Bot local', 'content-type': 'application/json' },
    body: JSON.stringify({ flags, components: [words('語'.repeat(4000))] }),
  });
  expect(wide.status).toBe(500);
});

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAQAAAAT4xYKAAAAD0lEQVR42mNk+M+ABAwDAwsBAf8FAhEAAAAASUVORK5CYII=',
  'base64',
);

test('files are uploaded with a message, described, shown in components, and can be fetched', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  const file = { name: 'chart.png', data: PNG, contentType: 'image/png' };
  const message = await send(
    discord,
    {
      flags,
      attachments: [{ id: '0', description: 'Karma of June' }],
      components: [
        { type: ComponentType.MediaGallery, items: [{ media: { url: 'attachment://chart.png' } }] },
        { type: ComponentType.File, file: { url: 'attachment://chart.png' } },
      ],
    },
    [file],
  );
  expect(message.attachments).toMatchObject([
    { filename: 'chart.png', description: 'Karma of June', width: 2, height: 3, content_type: 'image/png' },
  ]);
  const [attachment] = message.attachments;
  expect(message.components).toMatchObject([
    { items: [{ media: { attachment_id: attachment?.id, width: 2 } }] },
    { name: 'chart.png', size: PNG.byteLength },
  ]);
  const fetched = await fetch(attachment?.url ?? '');
  expect(Buffer.from(await fetched.arrayBuffer())).toEqual(PNG);

  const missing = send(discord, {
    flags,
    components: [{ type: ComponentType.File, file: { url: 'attachment://other.png' } }],
  });
  expect(await refusal(missing)).toEqual({ status: 400, code: 50035 });

  const plain = await send(discord, {}, [{ name: 'export.csv', data: 'a,b\n' }]);
  expect(plain).toMatchObject({ content: '', attachments: [{ filename: 'export.csv', size: 4 }] });
  const path = Routes.channelMessage(channelId, plain.id);
  const edited = (await restFor(discord).patch(path, {
    body: { content: 'the same, once more', attachments: [{ id: '0' }] },
    files: [new AttachmentBuilder(Buffer.from('c,d')).setName('other.csv')].map(({ name, attachment }) => ({
      name: name ?? '',
      data: attachment as Buffer,
    })),
  })) as APIMessage;
  expect(edited.attachments.map(({ filename }) => filename)).toEqual(['other.csv']);
});

test('a file past ten megabytes is too large', async () => {
  const discord = await stage.discord();
  const large = send(discord, { content: 'x' }, [
    { name: 'x.bin', data: Buffer.alloc(10 * 1024 * 1024 + 1) },
  ]);
  expect(await refusal(large)).toEqual({ status: 413, code: 40005 });
});

test('a message that shows nothing is refused, however it comes to that', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  expect(await refusal(post(discord, channelId, { components: [] }))).toEqual({ status: 400, code: 50006 });
  const message = await send(discord, { content: 'x' });
  const emptied = restFor(discord).patch(Routes.channelMessage(channelId, message.id), {
    body: { content: '' },
  });
  expect(await refusal(emptied)).toEqual({ status: 400, code: 50006 });
});
