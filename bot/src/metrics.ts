import { registry } from '@popple/shared/observability/metrics';
import { Counter, Gauge } from 'prom-client';

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
  help: 'Requests that the stream does not have yet.',
  registers: [registry],
});

export const answers = new Counter({
  name: 'popple_bot_answers_total',
  help: 'Events by what became of them: posted, silent, stale, gone (403 or 404), known (answered before), dead or later.',
  labelNames: ['outcome'] as const,
  registers: [registry],
});

export const gatewayLatencyMs = new Gauge({
  name: 'popple_bot_gateway_latency_ms',
  help: 'Time from the last heartbeat to its acknowledgement.',
  labelNames: ['shard'] as const,
  registers: [registry],
});
