import { Counter, Gauge, Histogram } from 'prom-client';

export const messagesRead = new Counter({
  name: 'popple_bot_messages_read_total',
  help: 'Messages received, whoever wrote them: live, again after a resume, or through backfill.',
});

export const requestsPublished = new Counter({
  name: 'popple_bot_requests_published_total',
  help: 'Requests acknowledged by the stream, by kind; duplicate says whether the stream had them already.',
  labelNames: ['kind', 'duplicate'] as const,
});

export const requestsWaiting = new Gauge({
  name: 'popple_bot_requests_waiting',
  help: 'Requests in the outbox that wait for the stream, without those that are held.',
});

export const requestsHeld = new Gauge({
  name: 'popple_bot_requests_held',
  help: 'Requests in the outbox that are held because their server has used its share of the streams.',
});

export const requestsRefused = new Counter({
  name: 'popple_bot_requests_refused_total',
  help: 'Requests refused because their server had used its share of the streams, and too many of them waited, or for too long.',
});

export const interactionRequests = new Counter({
  name: 'popple_bot_interactions_total',
  help: 'Interactions that ask something of svc, by outcome: stored (the request is in the stream), refused (their server has used its share), not-acknowledged (Discord did not take the callback, so they never count), nats-away (the member was told so).',
  labelNames: ['outcome'] as const,
});

export const replies = new Counter({
  name: 'popple_bot_answers_total',
  help: 'Events and local replies by outcome. Both: posted, stale (older than REPLY_MAX_AGE), gone (403, 404, a closed channel or an expired interaction), known (posted before), shed (too many wait). Events alone: silent (announcements are off), dead (put on POPPLE_DEAD). Local replies alone: refused (by Discord), interrupted (left to a successor).',
  labelNames: ['outcome'] as const,
});

export const newerEvents = new Counter({
  name: 'popple_bot_newer_events_total',
  help: 'Events of a later contract version; counts each time that one was given back for a newer bot.',
});

export const givenBack = new Gauge({
  name: 'popple_bot_answers_given_back',
  help: 'Events that this bot has given back to the stream because their channel or server has its share in hand.',
});

export const invalidRequests = new Gauge({
  name: 'popple_bot_invalid_requests',
  help: 'Requests of all bots to which Discord responded 401, 403 or 429 (but for a shared limit) in the last 10 minutes. Discord bans at 10,000.',
});

export const gatewayLatencyMs = new Gauge({
  name: 'popple_bot_gateway_latency_ms',
  help: 'Time from the last heartbeat to its acknowledgement, in milliseconds, by shard.',
  labelNames: ['shard'] as const,
});

export const sessionsStarted = new Counter({
  name: 'popple_bot_gateway_sessions_started_total',
  help: 'Gateway sessions begun by IDENTIFY; a backfill follows each.',
});

export const sessionsResumed = new Counter({
  name: 'popple_bot_gateway_resumes_total',
  help: 'Gateway sessions resumed by RESUME; Discord sends what was written meanwhile.',
});

export const identifiesLeft = new Gauge({
  name: 'popple_bot_gateway_identifies_left',
  help: 'IDENTIFYs that this token has left today, as Discord last reported.',
});

export const slotsHeld = new Gauge({
  name: 'popple_bot_slots_held',
  help: 'Slots (a shard and a replica) that this bot holds.',
});

export const slotsWanted = new Gauge({
  name: 'popple_bot_slots_wanted',
  help: 'Slots that are the fair share of this bot.',
});

export const sessionsReady = new Gauge({
  name: 'popple_bot_sessions_ready',
  help: 'Gateway sessions of this bot that are ready: Discord sends them messages.',
});

export const messagesBackfilled = new Counter({
  name: 'popple_bot_messages_read_back_total',
  help: 'Messages read through REST (backfill) because no session received them. They also count as read.',
});

export const backfillSkipped = new Counter({
  name: 'popple_bot_read_back_skipped_total',
  help: 'Channels, or lists of their threads, that backfill could not read, by reason: gone (403 or 404) or refused.',
  labelNames: ['reason'] as const,
});

export const unreadablePayloads = new Counter({
  name: 'popple_bot_unreadable_payloads_total',
  help: 'Payloads from Discord that the bot could not read and skipped, by what they were.',
  labelNames: ['what'] as const,
});

export const backfillLimits = new Counter({
  name: 'popple_bot_read_back_limits_total',
  help: 'Backfills that ended at a limit: age (a server, BACKFILL_MAX_AGE) or messages (a channel, BACKFILL_MAX_MESSAGES).',
  labelNames: ['limit'] as const,
});

export const replySeconds = new Histogram({
  name: 'popple_bot_answer_seconds',
  help: 'Time from the message (by its id) to the moment when Discord accepted the reply to it; events alone.',
  buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
});
