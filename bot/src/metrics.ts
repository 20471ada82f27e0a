import { registry } from '@popple/shared/observability/metrics';
import { Counter, Gauge, Histogram } from 'prom-client';

export const messagesRead = new Counter({
  name: 'popple_bot_messages_read_total',
  help: 'Messages read from the gateway that members wrote.',
  registers: [registry],
});

export const requestsPublished = new Counter({
  name: 'popple_bot_requests_published_total',
  help: 'Requests that the stream has, by kind; duplicate says whether it had them already.',
  labelNames: ['kind', 'duplicate'] as const,
  registers: [registry],
});

export const requestsWaiting = new Gauge({
  name: 'popple_bot_requests_waiting',
  help: 'Requests that the stream does not have yet, but those that are held.',
  registers: [registry],
});

export const requestsHeld = new Gauge({
  name: 'popple_bot_requests_held',
  help: 'Requests that wait because their server has used its share of the streams.',
  registers: [registry],
});

export const requestsRefused = new Counter({
  name: 'popple_bot_requests_refused_total',
  help: 'Requests given up because their server had used its share of the streams and too many of its own waited, or too long.',
  registers: [registry],
});

export const answers = new Counter({
  name: 'popple_bot_answers_total',
  help: 'Events by what became of them: posted, silent, stale, gone (403 or 404), known (answered before), shed (its server is too far behind), interrupted or dead.',
  labelNames: ['outcome'] as const,
  registers: [registry],
});

export const newerEvents = new Counter({
  name: 'popple_bot_newer_events_total',
  help: 'Events of a later contract version, each time one was given back for a newer bot.',
  registers: [registry],
});

export const givenBack = new Gauge({
  name: 'popple_bot_answers_given_back',
  help: 'Events that were given back to the stream because their channel or server has its share in hand already.',
  registers: [registry],
});

export const invalidRequests = new Gauge({
  name: 'popple_bot_invalid_requests',
  help: 'Requests of all bots that Discord answered by 401, 403 or 429 in the last 10 minutes; it bans at 10,000.',
  registers: [registry],
});

export const gatewayLatencyMs = new Gauge({
  name: 'popple_bot_gateway_latency_ms',
  help: 'Time from the last heartbeat to its acknowledgement.',
  labelNames: ['shard'] as const,
  registers: [registry],
});

export const sessionsStarted = new Counter({
  name: 'popple_bot_gateway_sessions_started_total',
  help: 'Gateway sessions begun by IDENTIFY; each is followed by reading back what was said before it.',
  registers: [registry],
});

export const sessionsResumed = new Counter({
  name: 'popple_bot_gateway_resumes_total',
  help: 'Gateway sessions resumed, with what was said meanwhile told by Discord.',
  registers: [registry],
});

export const identifiesLeft = new Gauge({
  name: 'popple_bot_gateway_identifies_left',
  help: 'How often this token may still identify today.',
  registers: [registry],
});

export const slotsHeld = new Gauge({
  name: 'popple_bot_slots_held',
  help: 'Places for gateway sessions (shard and replica) that this bot holds.',
  registers: [registry],
});

export const slotsWanted = new Gauge({
  name: 'popple_bot_slots_wanted',
  help: 'Places for gateway sessions that are the fair share of this bot.',
  registers: [registry],
});

export const sessionsReady = new Gauge({
  name: 'popple_bot_sessions_ready',
  help: 'Gateway sessions of this bot that are ready: Discord tells them what is said.',
  registers: [registry],
});

export const messagesReadBack = new Counter({
  name: 'popple_bot_messages_read_back_total',
  help: 'Messages read through REST because they were said while no session told of them.',
  registers: [registry],
});

export const readBackSkipped = new Counter({
  name: 'popple_bot_read_back_skipped_total',
  help: 'Channels (or lists of their threads) that could not be read back, by why: gone (403 or 404) or refused.',
  labelNames: ['reason'] as const,
  registers: [registry],
});

export const unreadablePayloads = new Counter({
  name: 'popple_bot_unreadable_payloads_total',
  help: 'What Discord sent and the bot could not read and passed by, by what it was.',
  labelNames: ['what'] as const,
  registers: [registry],
});

export const readBackLimits = new Counter({
  name: 'popple_bot_read_back_limits_total',
  help: 'Channels in which reading back ended at a limit, by which.',
  labelNames: ['limit'] as const,
  registers: [registry],
});

export const answerSeconds = new Histogram({
  name: 'popple_bot_answer_seconds',
  help: 'From when a member wrote (by the id of the message) to when Discord took the answer.',
  buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
  registers: [registry],
});
