import { expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Timeline } from '@popple/testing/timeline';
import { writeFailure } from './failure-folder';
import { Model } from './model';
import { formatReport } from './report';
import type { Outcome } from './run';

function outcome(findings: Outcome['findings']): Outcome {
  const model = new Model([{ guildId: '1', chatterId: '9', channelIds: ['2'], profile: 'loud' }]);
  model.write({
    ...{ id: '50', guildId: '1', channelId: '2', authorId: '3', content: 'ada++' },
    effect: { kind: 'change', changes: [{ subject: 'ada', delta: 1 }] },
  });
  return {
    findings,
    injected: [
      { fault: { kind: 'kill', whom: 'nats', downMs: 100 }, hit: true },
      { fault: { kind: 'stop', whom: { who: 'svc', index: 1 }, forMs: 12_000 }, hit: true },
      { fault: { kind: 'kill-backend' }, hit: false },
    ],
    crashes: [{ point: 'svc:after-commit', reached: true }],
    kills: { svc: 2, bot: 0, nats: 1, postgres: 0 },
    endedByItself: 0,
    model,
    evidence: {
      karma: [],
      ledger: [],
      journal: [],
      told: new Map(),
      announcements: new Map(),
      messages: [],
      reactions: [],
      dead: [],
      requestsInStream: new Map([['50', 1]]),
      eventsInStream: new Map([['50', 3]]),
      requests: 10,
      globallyLimited: 0,
      botStarts: 1,
    },
    counts: {
      requestsApplied: 1,
      redelivered: 2,
      droppedByStream: 3,
      droppedByLedger: 4,
      droppedByMemory: 5,
    },
    redelivered: 6,
    droppedByNonce: 7,
    longestStallMs: 12_340,
    durationMs: 60_000,
    logs: [{ name: 'svc-0-1', text: 'a line of svc' }],
  };
}

test('the report has the figures, and the verdict last', () => {
  const report = formatReport(outcome([]));
  expect(report).toContain('kills                 3: svc 2, bot 0, NATS 1, Postgres 0');
  expect(report).toContain('svc:after-commit 1');
  expect(report).toContain('svc stopped past ack_wait 1');
  expect(report).toContain('missed                1');
  expect(report).toContain("3 by the stream, 4 by the ledger, 5 by the bot's memory; 7 by Discord's nonce");
  expect(report).toContain('events stored again   2');
  expect(report).toContain('longest stall         12.3 s');
  expect(report.trimEnd()).toEndWith('Exact: every total, every reply, every dead letter.');
});

test('what is known of a run that failed is in one folder, with the command that plays it again', () => {
  const timeline = new Timeline();
  timeline.note('kill nats, down for 0.1 s');
  const failed = outcome([{ kind: 'reply-missing', problem: '"ada++" got no reply', ids: ['50'] }]);
  const folder = writeFailure(failed, timeline, 'bun run test:chaos --seed 7');
  try {
    const report = readFileSync(join(folder, 'report.txt'), 'utf8');
    expect(report).toContain('bun run test:chaos --seed 7');
    expect(report).toContain('reply-missing: "ada++" got no reply [50]');
    expect(report).toContain('kill nats, down for 0.1 s');
    expect(JSON.parse(readFileSync(join(folder, 'messages.json'), 'utf8'))).toMatchObject([
      { id: '50', said: { content: 'ada++' }, timesInRequests: 1, timesInEvents: 3, replies: [] },
    ]);
    expect(readdirSync(join(folder, 'logs'))).toEqual(['svc-0-1.log']);
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(existsSync(folder)).toBe(false);
});
