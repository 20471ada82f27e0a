import { expect, test } from 'bun:test';
import { readCounts } from './meters';

test('the counters of a process are read from its metrics', () => {
  const text = `# HELP popple_svc_requests_total Requests
# TYPE popple_svc_requests_total counter
popple_svc_requests_total{kind="change-karma",outcome="applied"} 7
popple_svc_requests_total{kind="check-karma",outcome="applied"} 2
popple_svc_requests_total{kind="change-karma",outcome="known"} 3
popple_svc_requests_total{kind="change-karma",outcome="dead"} 9
popple_svc_redeliveries_total 4
popple_svc_duplicate_events_total 1
popple_bot_requests_published_total{kind="change-karma",duplicate="true"} 5
popple_bot_requests_published_total{kind="change-karma",duplicate="false"} 50
popple_bot_answers_total{outcome="known"} 6
`;
  expect(readCounts(text)).toEqual({
    requestsApplied: 9,
    redelivered: 4,
    droppedByStream: 6,
    droppedByLedger: 3,
    droppedByMemory: 6,
  });
});
