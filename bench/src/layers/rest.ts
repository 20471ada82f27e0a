import { SnowflakeSource } from '@popple/local-discord/world/snowflake';
import { REST, Routes } from 'discord.js';
import type { SteadyMeter } from '../measure/steady';
import type { LayerOrder } from './layer';

/** As many channels as are answered in at the same time. */
const IN_PARALLEL = 50;

/** Posts short messages through discord.js, channels side by side, and one after another within a channel. */
export async function postMessages(
  order: Extract<LayerOrder, { layer: 'rest' }>,
  meter: SteadyMeter,
): Promise<void> {
  const { apiUrl, token, channelIds, count, isUnlimited } = order;
  const limit = isUnlimited ? { globalRequestsPerSecond: Number.POSITIVE_INFINITY } : {};
  const rest = new REST({ version: '10', api: apiUrl, ...limit }).setToken(token);
  const ids = new SnowflakeSource();
  let begun = 0;
  let done = 0;
  const talk = async (channelId: string) => {
    while (begun < count) {
      begun += 1;
      const body = {
        content: 'alice has 1 karma.',
        nonce: ids.next(),
        enforce_nonce: true,
        allowed_mentions: { parse: [] },
      };
      await rest.post(Routes.channelMessages(channelId), { body });
      done += 1;
      meter.passed(done);
    }
  };
  await Promise.all(channelIds.slice(0, IN_PARALLEL).map(talk));
}
