import { describe, expect, test } from 'bun:test';
import { ChannelType } from 'discord.js';
import { ChannelParents } from './channel-parents';

const CATEGORY = { id: '1', type: ChannelType.GuildCategory };
const TEXT = { id: '2', type: ChannelType.GuildText, parent_id: '1' };
const FREE = { id: '3', type: ChannelType.GuildText, parent_id: null };
const THREAD = { id: '4', type: ChannelType.PublicThread, parent_id: '2' };

/** What is known when Discord has told of these. */
function told(
  channels: readonly { id: string; type: ChannelType; parent_id?: string | null }[],
  capacity?: number,
) {
  const parents = new ChannelParents(capacity);
  for (const channel of channels) parents.came(channel);
  return parents;
}

describe('what is above a channel', () => {
  test.each([
    ['a channel in a category', TEXT.id, { parents: ['1'], unknown: undefined }],
    ['a channel in nothing', FREE.id, { parents: [], unknown: undefined }],
    ['a category', CATEGORY.id, { parents: [], unknown: undefined }],
    ['a thread', THREAD.id, { parents: ['2', '1'], unknown: undefined }],
    ['a channel nobody told of', '9', { parents: [], unknown: '9' }],
  ])('%s', (_, id, above) => {
    expect(told([CATEGORY, TEXT, FREE, THREAD]).above(id)).toEqual(above);
  });

  test('of a thread in a channel that nobody told of, that channel is known and what is above it is not', () => {
    expect(told([THREAD]).above(THREAD.id)).toEqual({ parents: ['2'], unknown: '2' });
  });

  test('a category needs not be told of: what is above a channel in it is known', () => {
    expect(told([TEXT]).above(TEXT.id)).toEqual({ parents: ['1'], unknown: undefined });
  });

  test('a channel that is moved is where it is now', () => {
    expect(told([TEXT, THREAD, { ...TEXT, parent_id: '5' }]).above(THREAD.id).parents).toEqual(['2', '5']);
    expect(told([TEXT, { ...TEXT, parent_id: null }]).above(TEXT.id)).toEqual({
      parents: [],
      unknown: undefined,
    });
  });

  test('a channel that was deleted is not known', () => {
    const parents = told([TEXT]);
    parents.gone(TEXT.id);
    expect(parents.above(TEXT.id)).toEqual({ parents: [], unknown: TEXT.id });
  });
});

test('of too many channels, those told of longest ago are forgotten', () => {
  const parents = told(
    [FREE, { ...FREE, id: '6' }, { ...FREE, id: '7' }, { ...FREE, id: '6' }, { ...FREE, id: '8' }],
    2,
  );
  expect(['3', '6', '7', '8'].filter((id) => parents.above(id).unknown === undefined)).toEqual(['6', '8']);
});
