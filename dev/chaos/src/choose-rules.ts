import type { ChangeSetting } from '@popple/shared/contract/request';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';
import { encode } from '@popple/shared/messaging/codec';
import { requestSubject } from '@popple/shared/messaging/subjects';
import { until } from '@popple/testing/until';
import type { Model } from './model';
import { CHOICES } from './place-rules';
import type { Stage } from './stage';

const PATIENCE_MS = 60_000;

/**
 * Chooses the rules of every guild, as an operator, and waits until svc has published that they hold: what is written after that
 * is subject to them.
 */
export async function chooseRules({ topology, observer }: Stage, model: Model): Promise<void> {
  const requests = topology.places.flatMap(({ guildId, profile }) =>
    Object.entries(CHOICES[profile]).map(
      ([key, value]) =>
        ({
          v: CONTRACT_VERSION,
          id: `chaos.${guildId}.${key}`,
          at: Date.now(),
          guildId,
          origin: { kind: 'operator', who: 'chaos' },
          kind: 'change-setting',
          key,
          value,
        }) as ChangeSetting,
    ),
  );
  for (const request of requests) {
    model.chosen.add(request.id);
    await observer.publish(requestSubject(request), encode(request), request.id, PATIENCE_MS);
  }
  await until(() => requests.every(({ id }) => observer.published.has(id)), 'the rules of every guild hold', {
    withinMs: PATIENCE_MS,
  });
}
