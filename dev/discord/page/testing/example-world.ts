import type { ChatAuthor, ChatMessage, ChatState } from '../../src/chat-contract';

/** A small world for tests. */
export const exampleState: ChatState = {
  bot: { id: '9', username: 'Popple', avatarUrl: '/_local/avatars/9.svg', online: true },
  guilds: [
    {
      id: '100',
      name: 'Garden',
      iconUrl: '/g.svg',
      channels: [
        { id: '101', name: 'general', topic: '', parentId: null },
        { id: '102', name: 'tools', topic: 'Spades', parentId: null },
      ],
    },
    {
      id: '200',
      name: 'Night',
      iconUrl: '/n.svg',
      channels: [{ id: '201', name: 'lobby', topic: '', parentId: null }],
    },
  ],
  members: [
    { id: '1', username: 'alice', displayName: 'Alice', color: '#e0666a', avatarUrl: '/a.svg' },
    { id: '2', username: 'bruno.b', displayName: 'Bruno', color: '#4a90d9', avatarUrl: '/b.svg' },
  ],
  dms: [{ channelId: '301', memberId: '1' }],
};

/** The author of an example message, by id. */
export function exampleAuthor(id: string): ChatAuthor {
  return { id, name: `user ${id}`, color: '#888888', avatarUrl: '/x.svg', bot: id === '9' };
}

/** A message of Alice's in `#general`, but for what is given. */
export function exampleMessage(fields: Partial<ChatMessage> & { id: string }): ChatMessage {
  return {
    channelId: '101',
    guildId: '100',
    author: exampleAuthor('1'),
    content: `message ${fields.id}`,
    replyTo: null,
    mentions: [],
    reactions: [],
    at: '2026-03-01T12:00:00.000Z',
    editedAt: null,
    ...fields,
  };
}
