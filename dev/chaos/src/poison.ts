import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import type { PoisonShape } from './fault';
import type { Model } from './model';
import type { Observer } from './observer';
import type { Topology } from './topology';

/** What the ids of poison begin with, and no other. */
export const POISON_PREFIX = 'poison-';

const PATIENCE_MS = 120_000;

interface Payload {
  readonly subject: string;
  readonly data: string;
}

function payloadOf(shape: PoisonShape, guildId: string): Payload {
  const subject = `popple.request.change-karma.${guildId}`;
  const request = {
    ...messageEnvelope({ id: '1', guildId }),
    kind: 'change-karma',
    changes: [{ subject: 'ada', display: 'ada', delta: 1 }],
  };
  switch (shape) {
    case 'not-json':
      return { subject, data: '{"v":1,' };
    case 'not-in-contract':
      return { subject, data: JSON.stringify({ ...request, changes: [] }) };
    case 'unknown-version':
      return { subject, data: JSON.stringify({ ...request, v: 0 }) };
    case 'wrong-subject':
      return { subject, data: JSON.stringify({ ...request, guildId: '4' }) };
    case 'event-not-json':
      return { subject: `popple.event.karma-changed.${guildId}`, data: 'karma!' };
  }
}

/** Puts an unreadable message among the others, once, and records it in the model. */
export async function injectPoison(
  observer: Observer,
  model: Model,
  topology: Topology,
  shape: PoisonShape,
): Promise<void> {
  const id = `${POISON_PREFIX}${model.poison.size + 1}`;
  model.inject({ id, shape });
  const { subject, data } = payloadOf(shape, topology.places[0]?.guildId ?? '1');
  await observer.publish(subject, data, id, PATIENCE_MS);
}
