/*
 * Delivers one reply in a process of its own, which a test can freeze. What is to be delivered is in the first argument,
 * as JSON.
 */
import { silentLog } from '@popple/shared/observability/log';
import { openRest } from '../../discord-api';
import { ClosedChannels } from '../closed-channels';
import { deliver } from '../deliver';
import { InvalidRequests } from '../invalid-requests';
import type { Reply } from '../outgoing';
import { PostedInChannels } from '../posted-in-channels';

/** What to deliver, and where. */
export interface DeliverOrder {
  apiUrl: string;
  token: string;
  botId: string;
  nonceMemoryMs: number;
  reply: Reply;
}

const { apiUrl, token, botId, nonceMemoryMs, reply }: DeliverOrder = JSON.parse(process.argv[2] ?? '');
const rest = openRest(apiUrl, token);
const { outcome } = await deliver(
  {
    rest,
    posted: new PostedInChannels(rest, botId),
    log: silentLog(),
    signal: new AbortController().signal,
    maxAgeMs: 3_600_000,
    closed: new ClosedChannels(),
    invalid: new InvalidRequests(),
    nonceMemoryMs,
  },
  reply,
);
process.stdout.write(outcome);
