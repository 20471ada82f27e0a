import { describe, expect, test } from 'bun:test';
import { ACK_WAIT_MS } from '@popple/shared/messaging/topology';
import { CRASH_POINTS } from '@popple/shared/process/crash-point';
import { describeFault, killsOf, victimOf } from './fault';
import { planFaults, type Step, shortPlan } from './plan';
import { SeededRandom } from './random';
import { NONCE_WINDOW_MS } from './stage';

const OPTIONS = { workers: 2, bots: 2, sparesGateway: false };

/** The first faults of a run: two decks and more. */
function plan(seed: string, options = OPTIONS): Step[] {
  const steps = planFaults(new SeededRandom(seed), options);
  return Array.from({ length: 150 }, () => steps.next().value);
}
const killsIn = (steps: readonly Step[]) => steps.reduce((sum, { fault }) => sum + killsOf(fault), 0);
const kindsIn = (steps: readonly Step[]) => new Set<string>(steps.map(({ fault }) => fault.kind));

describe('the plan of a run', () => {
  test('is the same for the same seed', () => {
    expect(plan('5')).toEqual(plan('5'));
    expect(plan('5')).not.toEqual(plan('6'));
  });

  test('holds every kind of fault, every crash point, and a stop longer than ack_wait', () => {
    for (const seed of ['1', '2', '3']) {
      const steps = plan(seed);
      expect(kindsIn(steps)).toEqual(
        new Set([
          ...['kill', 'crash', 'forget', 'lose-volume', 'kill-backend', 'kill-in-statement'],
          ...['terminate-backend', 'stop', 'link', 'rest', 'long-doubt', 'poison', 'gateway'],
          ...['flood', 'outage', 'unreadable-channel'],
        ]),
      );
      const points = new Set(steps.flatMap(({ fault }) => (fault.kind === 'crash' ? [fault.point] : [])));
      expect(points).toEqual(new Set(CRASH_POINTS));
      expect(steps.some(({ fault }) => fault.kind === 'stop' && fault.forMs > ACK_WAIT_MS)).toBe(true);
      // Longer than Discord remembers a nonce in a run.
      expect(steps.some(({ fault }) => fault.kind === 'stop' && fault.forMs > NONCE_WINDOW_MS)).toBe(true);
    }
  });

  test('kills twice for every three other things that go wrong', () => {
    const steps = plan('5');
    const kills = killsIn(steps);
    expect(kills).toBeGreaterThan(50);
    expect(kills).toBeLessThan(75);
  });

  test('spares the gateway when it is told to', () => {
    expect(kindsIn(plan('5', { ...OPTIONS, sparesGateway: true })).has('gateway')).toBe(false);
  });

  test('hits every process there is, and no other', () => {
    const victims = new Set(
      plan('5', { ...OPTIONS, workers: 3, bots: 1 }).map(({ fault }) => victimOf(fault)),
    );
    const parts = [...victims].filter((victim) => /^(svc|bot) \d$/.test(victim));
    expect(parts.toSorted()).toEqual(['bot 0', 'svc 0', 'svc 1', 'svc 2']);
  });

  test('names everybody it hits', () => {
    for (const { fault } of plan('5')) {
      expect(describeFault(fault).length).toBeGreaterThan(5);
      expect(victimOf(fault)).toMatch(
        /^(svc [01]|bot [01]|nats|postgres|svc-nats|svc-postgres|bot-nats|bot-discord|REST|gateway|guilds|crowd|streams)$/,
      );
    }
  });
});

test('the short plan has each crash point once and some kills more', () => {
  const steps = shortPlan(new SeededRandom('5'), OPTIONS);
  const points = steps.flatMap(({ fault }) => (fault.kind === 'crash' ? [fault.point] : []));
  expect(points.toSorted()).toEqual([...CRASH_POINTS].toSorted());
  expect(killsIn(steps)).toBe(18);
});
