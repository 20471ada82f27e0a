import type { World } from '../src/world/world';

/** Minutes since ten in the morning, who, what, and (for an answer) how many lines above what it replies to stands. */
type Line = readonly [minute: number, who: string, content: string, repliesTo?: number];

const LINES: readonly Line[] = [
  [-38, 'Emre', 'the nightly build is red again, same test as on Monday'],
  [-37, 'Emre', '(the build)--'],
  [-37, 'Popple', 'the build has -3 karma.', 1],
  [-31, 'Farah', 'on it. It is the clock in the replay test, it runs over **midnight**'],
  [-16, 'Farah', 'found it: `Date.now()` was read twice. One line:'],
  [-16, 'Farah', '```ts\nconst now = clock.now(); // once per batch\n```'],
  [-12, 'Chidi', 'nice catch, <@Farah> ++, and (the replay test)++ for finding it at all'],
  [-12, 'Popple', '<@Farah> has 12 karma.\nthe replay test has 1 karma.', 1],
  [-9, 'Dana', 'green on my machine. Who wants 🍕++ to celebrate?'],
  [-9, 'Popple', '🍕 has 41 karma.', 1],
  [-4, 'Alice', '<@Popple> top 5'],
  [
    -4,
    'Popple',
    '1. 🍕 has 41 karma.\n2. coffee has 27 karma.\n3. <@Farah> has 12 karma.\n4. C++ has 9 karma.\n5. Bruno has 8 karma.',
    1,
  ],
  [-2, 'Bruno', 'third place behind pizza and coffee, as it should be'],
  [-1, 'Alice', '<@Popple> announce on'],
];

/** Fills a new world with a morning's chat as it would be with the bot there. Returns the hash under which to see it. */
export function sayConversation(world: World): string {
  const guild = world.guilds()[0];
  const channel = guild && world.channels(guild.id)[0];
  if (guild === undefined || channel === undefined) throw new Error('the default world has no channel');
  world.setBotOnline(true);
  const idOf = (name: string) => idIn(world, name);
  const tenOClock = new Date().setHours(10, 0, 0, 0);
  const ids: string[] = [];
  for (const [index, [minute, who, content, repliesTo]] of LINES.entries()) {
    const message = atTime(tenOClock + minute * 60_000 + index * 1000, () =>
      world.say({
        channelId: channel.id,
        authorId: idOf(who),
        content: content.replace(/<@(\w+)>/g, (_, name: string) => `<@${idOf(name)}>`),
        replyTo: repliesTo === undefined ? undefined : ids[index - repliesTo],
        allowedMentions: who === 'Popple' ? { parse: [] } : null,
      }),
    );
    ids.push(message.id);
  }
  const react = (line: number, emoji: string, ...names: string[]) => {
    for (const name of names) world.react(channel.id, ids[line] ?? '', idOf(name), emoji);
  };
  react(4, '🎉', 'Chidi', 'Dana', 'Alice');
  react(4, '👀', 'Emre');
  react(8, '🍕', 'Bruno', 'Alice');
  react(13, '✅', 'Popple');
  return `#/as/${idOf('Alice')}/${guild.id}/${channel.id}`;
}

/** Something is said in two other channels, one line of it to Alice. A page that is open shows both as unread. */
export function sayElsewhere(world: World): void {
  const [first, second] = world.guilds().map(({ id }) => world.channels(id));
  const say = (channelId: string | undefined, who: string, content: string) => {
    if (channelId !== undefined) world.say({ channelId, authorId: idIn(world, who), content });
  };
  say(first?.[1]?.id, 'Chidi', 'the basil is up');
  say(second?.[1]?.id, 'Emre', `<@${idIn(world, 'Alice')}> may I roll it out?`);
}

function idIn(world: World, name: string): string {
  const member = world.members().find(({ displayName }) => displayName === name);
  if (member === undefined) throw new Error(`the default world has no ${name}`);
  return member.id;
}

/** The world reads the clock itself; a morning should not have happened within a millisecond. */
function atTime<T>(timeMs: number, act: () => T): T {
  const now = Date.now;
  Date.now = () => timeMs;
  try {
    return act();
  } finally {
    Date.now = now;
  }
}
