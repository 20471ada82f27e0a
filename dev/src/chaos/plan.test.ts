import { describe, expect, test } from 'bun:test';
import { ACK_WAIT_MS } from '@popple/shared/messaging/topology';
import { CRASH_POINTS } from '@popple/shared/process/crash-point';
import { describeFault, killsOf, victimOf } from './fault';
import { planFaults, type Step, shortPlan } from './plan';
import { SeededRandom } from './random';

const plan = (seed: string, options: Partial<Parameters<typeof planFaults>[1]> = {}): Step[] => [
  ...planFaults(new SeededRandom(seed), { workers: 2, withGateway: false, kills: 60, ...options }),
];
const killsIn = (steps: readonly Step[]) => steps.reduce((sum, { fault }) => sum + killsOf(fault), 0);
const kindsIn = (steps: readonly Step[]) => new Set<string>(steps.map(({ fault }) => fault.kind));

describe('the plan of a run', () => {
  test('is the same for the same seed', () => {
    expect(plan('5')).toEqual(plan('5'));
    expect(plan('5')).not.toEqual(plan('6'));
  });

  test.each([1, 12, 60, 200])('has the kills it was asked for: %d', (kills) => {
    const count = killsIn(plan('5', { kills }));
    expect(count).toBeGreaterThanOrEqual(kills);
    expect(count).toBeLessThanOrEqual(kills + 1);
  });

  test('holds every kind of fault, every crash point, and a stop longer than ack_wait', () => {
    for (const seed of ['1', '2', '3']) {
      const steps = plan(seed);
      expect(kindsIn(steps)).toEqual(
        new Set([
          ...['kill', 'crash', 'kill-backend', 'kill-in-statement', 'terminate-backend'],
          ...['stop', 'link', 'rest', 'poison'],
        ]),
      );
      const points = new Set(steps.flatMap(({ fault }) => (fault.kind === 'crash' ? [fault.point] : [])));
      expect(points).toEqual(new Set(CRASH_POINTS));
      expect(steps.some(({ fault }) => fault.kind === 'stop' && fault.forMs > ACK_WAIT_MS)).toBe(true);
    }
  });

  test('spares the gateway unless it is a victim', () => {
    expect(kindsIn(plan('5')).has('gateway')).toBe(false);
    expect(kindsIn(plan('5', { withGateway: true })).has('gateway')).toBe(true);
  });

  test('names everybody it strikes', () => {
    for (const { fault } of plan('5', { withGateway: true, kills: 200 })) {
      expect(describeFault(fault).length).toBeGreaterThan(5);
      expect(victimOf(fault)).toMatch(
        /^(svc [01]|bot|nats|postgres|svc-nats|svc-postgres|bot-nats|REST|gateway|streams)$/,
      );
    }
  });
});

test('the short plan has each crash point once and about twelve kills', () => {
  const steps = shortPlan(new SeededRandom('5'), 2);
  const points = steps.flatMap(({ fault }) => (fault.kind === 'crash' ? [fault.point] : []));
  expect(points.toSorted()).toEqual([...CRASH_POINTS].toSorted());
  expect(killsIn(steps)).toBe(15);
});
