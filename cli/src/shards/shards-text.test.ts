import { expect, test } from 'bun:test';
import { shardsText } from './shards-text';

test('says who holds what, and who holds nothing', () => {
  const slot = {
    shard: 1,
    shardCount: 2,
    replica: 0,
    bot: 'host-a pid 1',
    holder: '1-a',
    canBeResumed: true,
  };
  const upTo = '2016-04-30T11:18:25.796Z';
  expect(shardsText({ shardCount: 2, bots: 2, slots: [{ ...slot, upTo }], idle: ['host-b pid 2'] })).toBe(
    [
      '2 shards, 2 bots',
      '',
      'SHARD   REPLICA  BOT           SESSION         DEALT WITH UP TO',
      '1 of 2  0        host-a pid 1  can be resumed  2016-04-30T11:18:25.796Z',
      '',
      'holding nothing: host-b pid 2',
      '',
    ].join('\n'),
  );
});
