import { expect, test } from 'bun:test';
import { RequestShare } from './request-share';

const limit = () => ({ options: { globalRequestsPerSecond: 50 }, globalRemaining: 50 });

test('a bot that does not know of others is careful, and one that is alone takes all at once', () => {
  const rest = limit();
  const share = new RequestShare(rest);
  expect(rest).toEqual({ options: { globalRequestsPerSecond: 5 }, globalRemaining: 5 });
  share.setBots(1);
  expect(rest.options.globalRequestsPerSecond).toBe(45);
});

test.each([2, 3, 4, 10, 45, 100])('%p bots together stay below 50 requests a second', async (bots) => {
  const shares = Array.from({ length: bots }, () => new RequestShare(limit(), 1));
  for (const share of shares) share.setBots(bots);
  await Bun.sleep(20);
  const together = shares.reduce((sum, { perSecond }) => sum + perSecond, 0);
  expect(together).toBeLessThanOrEqual(Math.max(45, bots));
});

test('a share shrinks at once, and grows when the others have had time to shrink', async () => {
  const rest = limit();
  const share = new RequestShare(rest, 50);
  share.setBots(1);
  share.setBots(3);
  expect(rest).toEqual({ options: { globalRequestsPerSecond: 15 }, globalRemaining: 5 });
  share.setBots(2);
  expect(share.perSecond).toBe(15);
  share.setBots(3);
  await Bun.sleep(100);
  expect(share.perSecond).toBe(15);
  share.setBots(2);
  share.setBots(2);
  await Bun.sleep(100);
  expect(share.perSecond).toBe(22);
});

test('only so much runs at once as gets its request in time', async () => {
  const share = new RequestShare(limit());
  const gate = Promise.withResolvers<void>();
  let running = 0;
  const all = Array.from({ length: 500 }, () =>
    share.run(async () => {
      running += 1;
      await gate.promise;
    }),
  );
  await Bun.sleep(0);
  expect(running).toBe(50);
  share.setBots(1);
  await Bun.sleep(0);
  expect(running).toBe(450);
  gate.resolve();
  await Promise.all(all);
  expect(running).toBe(500);
});
