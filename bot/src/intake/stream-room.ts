import { STREAMS } from '@popple/shared/messaging/topology';
import type { JetStreamManager } from 'nats';

/** How full a stream is. */
export interface StreamFill {
  bytes: number;
  messages: number;
  /** Past so many bytes it refuses; Infinity when it has no such limit. */
  maxBytes: number;
}

/** What there is to know about the streams that servers share. */
export interface StreamRoom {
  /** How full the streams of requests and of events are. */
  fills(): Promise<{ requests: StreamFill; events: StreamFill }>;
  /** How many requests of a server the stream keeps, by kind. */
  requestsOf(guildId: string): Promise<Map<string, number>>;
}

/** Asks JetStream. Its methods reject with NatsError when NATS cannot be reached or does not let this user ask. */
export function streamRoom(manager: JetStreamManager): StreamRoom {
  const fill = async (stream: string): Promise<StreamFill> => {
    const { state, config } = await manager.streams.info(stream);
    const maxBytes = config.max_bytes > 0 ? config.max_bytes : Number.POSITIVE_INFINITY;
    return { bytes: state.bytes, messages: state.messages, maxBytes };
  };
  return {
    fills: async () => {
      const [requests, events] = await Promise.all([fill(STREAMS.requests), fill(STREAMS.events)]);
      return { requests, events };
    },
    requestsOf: async (guildId) => {
      const filter = { subjects_filter: `popple.request.*.${guildId}` };
      const { state } = await manager.streams.info(STREAMS.requests, filter);
      return new Map(
        Object.entries(state.subjects ?? {}).map(([subject, count]) => [subject.split('.')[2] ?? '', count]),
      );
    },
  };
}
