/**
 * The tests that are run a second time, on a newer nats-server than the oldest supported: what speaks with NATS most, and
 * enough of the whole to see that it works there. Paths relative to the root; a folder stands for all tests in it.
 */
export const newerNatsSuite = [
  'shared/src/messaging/',
  'svc/src/service.test.ts',
  'svc/src/request-loop.test.ts',
  'cli/src/streams/read-stream.test.ts',
  'bot/src/intake/outbox.test.ts',
  'bot/src/conversation.e2e.test.ts',
  'bot/src/replies/reply-memory.test.ts',
  'bot/src/replies/newer-event.e2e.test.ts',
  'bot/src/gateway/several-bots.e2e.test.ts',
  'deploy/nats/nats-permissions.test.ts',
  'deploy/nats/nats-thefts.test.ts',
  'deploy/credentials/services-with-credentials.e2e.test.ts',
  'dev/chaos/src/chaos.test.ts',
] as const;
