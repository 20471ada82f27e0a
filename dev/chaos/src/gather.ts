import type { Message } from '@popple/local-discord/world/model';
import type { World } from '@popple/local-discord/world/world';
import type { Verdict } from '@popple/shared/contract/verdict';
import { DEAD_HEADERS } from '@popple/shared/messaging/dead-letter';
import { STREAMS } from '@popple/shared/messaging/topology';
import postgres from 'postgres';
import type {
  AnsweredTotal,
  BotMessage,
  BotReaction,
  DeadRecord,
  Evidence,
  JournalRow,
  LedgerRow,
  ToldEvent,
} from './evidence';
import type { Entry, Observer } from './observer';
import { POISON_PREFIX } from './poison';
import type { Stage } from './stage';

const PATIENCE_MS = 30_000;

/** Of a change of karma or of a setting. */
interface StoredAnswer {
  readonly announce?: boolean;
  readonly value?: unknown;
  readonly totals?: readonly AnsweredTotal[];
  readonly verdicts?: readonly Verdict[];
  readonly undoes?: string;
}

async function readDatabase(
  databaseUrl: string,
): Promise<Pick<Evidence, 'karma' | 'ledger' | 'journal' | 'announcements'>> {
  const sql = postgres(databaseUrl, { max: 1, fetch_types: false });
  try {
    const karma = await sql<{ guild_id: string; subject: string; karma: string }[]>`
      select guild_id::text, subject, karma::text from karma`;
    const ledger = await sql<{ id: string; kind: string; at: number; answer: StoredAnswer }[]>`
      select request_id as id, kind, extract(epoch from at)::float8 * 1000 as at, answer from ledger`;
    const journal = await sql<JournalRow[]>`
      select
        request_id as id, place::int, guild_id::text as "guildId", giver_id::text as "giverId", nth, subject, delta,
        extract(epoch from at)::float8 * 1000 as at, extract(epoch from day)::float8 * 1000 as day, reason,
        undoes
      from journal`;
    const guilds = await sql<{ guild_id: string; announce: boolean }[]>`
      select guild_id::text, value as announce from setting where key = 'announce'`;
    return {
      karma: karma.map((row) => ({
        guildId: row.guild_id,
        subject: row.subject,
        karma: BigInt(row.karma),
      })),
      ledger: ledger.map(({ id, kind, at, answer }): LedgerRow => {
        const { totals, verdicts, undoes } = answer;
        return {
          id,
          kind,
          at: Math.round(at),
          totals,
          verdicts,
          undoes,
          announce: answer.announce ?? answer.value !== false,
        };
      }),
      journal: journal.map((row) => ({ ...row, at: Math.round(row.at) })),
      announcements: new Map(guilds.map((row) => [row.guild_id, row.announce])),
    };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/**
 * The message that a reply is to. One that was posted after its message was deleted refers to none, and has its id as the nonce.
 */
function repliedTo(world: World, { replyToId, nonce, channelId }: Message): string | null {
  if (replyToId !== null || nonce === null) return replyToId;
  const [id = ''] = String(nonce).split('.');
  return world.message(channelId, id) === undefined ? id : null;
}

function readChat(world: World): Pick<Evidence, 'messages' | 'reactions'> {
  const messages: BotMessage[] = [];
  const reactions: BotReaction[] = [];
  for (const { id: guildId } of world.guilds()) {
    for (const { id: channelId } of world.channels(guildId)) {
      for (const message of world.messages(channelId)) {
        if (message.authorId === world.botId)
          messages.push({ ...message, replyToId: repliedTo(world, message) });
        for (const { emoji, userIds } of message.reactions) {
          if (userIds.includes(world.botId)) reactions.push({ messageId: message.id, emoji });
        }
      }
    }
  }
  return { messages, reactions };
}

async function readDead(observer: Observer): Promise<DeadRecord[]> {
  const letters = await observer.messages(STREAMS.dead, PATIENCE_MS);
  return letters.map((letter) => ({
    id: letter.header.get(DEAD_HEADERS.id),
    origin: letter.subject.split('.')[2] ?? '',
    reason: letter.header.get(DEAD_HEADERS.reason),
  }));
}

function countIds(entries: readonly Entry[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id } of entries) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** What was published about requests, by their id; not what the test itself put on the stream. */
function readTold(published: ReadonlyMap<string, ReadonlySet<string>>): Map<string, ToldEvent[]> {
  const requests = [...published].filter(([id]) => !id.startsWith(POISON_PREFIX));
  return new Map(requests.map(([id, payloads]) => [id, [...payloads].map((payload) => JSON.parse(payload))]));
}

/** Reads everything that a run left behind. */
export async function gather({ databaseUrl, observer, discord, bots }: Stage): Promise<Evidence> {
  return {
    ...(await readDatabase(databaseUrl)),
    ...readChat(discord.world),
    dead: await readDead(observer),
    told: readTold(observer.published),
    requests: discord.records.counts.requests,
    globallyLimited: discord.records.counts.globallyLimited,
    botStarts: bots.reduce((sum, bot) => sum + bot.starts, 0),
    requestsInStream: countIds(await observer.entries(STREAMS.requests, 1, PATIENCE_MS)),
    eventsInStream: countIds(await observer.entries(STREAMS.events, 1, PATIENCE_MS)),
  };
}
