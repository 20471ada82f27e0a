import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Step, whyNoSequence } from './running-totals';

const step = (id: number, delta: number, total: number): Step => ({
  id: String(id),
  delta: BigInt(delta),
  total: BigInt(total),
});
/** The replies to these changes, done in order. */
function replied(deltas: readonly number[]): { steps: Step[]; end: bigint } {
  let total = 0;
  const steps = deltas.map((delta, index) => {
    total += delta;
    return step(index, delta, total);
  });
  return { steps, end: BigInt(total) };
}

describe('the totals in the replies', () => {
  test('are one sequence, whatever the changes and the order in which they are looked at', () => {
    const deltas = fc.array(fc.integer({ min: -3, max: 3 }).filter((delta) => delta !== 0));
    fc.assert(
      fc.property(deltas, (changes) => {
        const { steps, end } = replied(changes);
        expect(whyNoSequence(steps.toReversed(), end)).toBeUndefined();
      }),
    );
  });

  test('are not when one is given twice and the next never', () => {
    const { steps, end } = replied([1, 1, 1, 1]);
    const wrong = steps.with(2, step(2, 1, 2));
    expect(whyNoSequence(wrong, end)).toEqual({
      problem: 'no order of the replies explains the totals 1, 2, 3',
      ids: ['0', '1', '2', '3'],
    });
  });

  test('are not when one change counted twice: the totals jump, and the end is beyond them', () => {
    const { steps } = replied([1, 1, 1]);
    const jumping = [...steps.slice(0, 2), step(2, 1, 4)];
    expect(whyNoSequence(jumping, 4n)?.problem).toBe('no order of the replies explains the totals 2, 3');
    expect(whyNoSequence(steps, 4n)?.problem).toBe('no order of the replies explains the totals 3, 4');
  });

  test('are not when one is missing', () => {
    const { steps, end } = replied([1, -1, 2, 1]);
    for (const [index] of steps.entries())
      expect(whyNoSequence(steps.toSpliced(index, 1), end)).toBeDefined();
  });

  test('are not when some form a circle of their own', () => {
    const { steps, end } = replied([1, 1]);
    const circle = [step(8, 1, 11), step(9, -1, 10)];
    expect(whyNoSequence([...steps, ...circle], end)?.ids).toEqual(['8', '9']);
  });
});
