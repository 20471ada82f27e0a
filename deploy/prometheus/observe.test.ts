import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { registry } from '@popple/shared/observability/metrics';
import { z } from 'zod';
import '@popple/bot/metrics';
import '@popple/bot/queries/metrics';
import '@popple/svc/metrics';
import '@popple/svc/queries/metrics';
import '@popple/svc/retention/metrics';
import { ROOT } from '../compose/engine';
import { readComposeFile } from '../testing/compose-file';
import { readPromql } from '../testing/promql';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** What Prometheus adds to everything it scrapes. */
const TARGET_LABELS = ['job', 'instance'];

/** The exporter's metrics of NATS. @see https://github.com/nats-io/prometheus-nats-exporter (collector/jsz.go) */
const STREAM_LABELS = ['server_name', 'account', 'stream_name', 'is_stream_leader'];
const CONSUMER_LABELS = [...STREAM_LABELS, 'consumer_name', 'is_consumer_leader'];
const FOREIGN_METRICS: Record<string, string[]> = {
  up: [],
  jetstream_server_total_streams: ['server_name'],
  jetstream_stream_total_messages: STREAM_LABELS,
  jetstream_stream_total_bytes: STREAM_LABELS,
  jetstream_consumer_num_pending: CONSUMER_LABELS,
  jetstream_consumer_num_ack_pending: CONSUMER_LABELS,
};

/** The labels of a metric that somebody really has; undefined when nobody does. */
function labelsOf(metric: string): string[] | undefined {
  const foreign = FOREIGN_METRICS[metric];
  if (foreign !== undefined) return [...foreign, ...TARGET_LABELS];
  const own = registry.getSingleMetric(metric.replace(/_(bucket|sum|count)$/, ''));
  if (own === undefined) return undefined;
  const { labelNames } = z.object({ labelNames: z.array(z.string()) }).parse(own);
  return [...labelNames, ...TARGET_LABELS, ...(metric.endsWith('_bucket') ? ['le'] : [])];
}

function problemsOf(text: string): string[] {
  const { errors, selectors, groupedBy } = readPromql(text);
  const known = selectors.map(({ metric }) => labelsOf(metric));
  return [
    ...errors,
    ...selectors.filter((_, index) => known[index] === undefined).map(({ metric }) => `nobody has ${metric}`),
    ...selectors.flatMap(({ metric, labels }, index) =>
      labels
        .filter((label) => !known[index]?.includes(label))
        .map((label) => `${metric} has no label ${label}`),
    ),
    ...groupedBy
      .filter((label) => !known.some((labels) => labels?.includes(label)))
      .map((label) => `nobody has ${label}`),
  ];
}

describe('problemsOf', () => {
  test.each([
    ['sum(rate(popple_svc_requests_total[5m])', /at /],
    ['rate(popple_svc_reqests_total[5m])', /nobody has popple_svc_reqests_total/],
    ['popple_svc_requests_total{kindd="x"}', /has no label kindd/],
    ['sum by (shards) (popple_bot_gateway_latency_ms)', /nobody has shards/],
  ])('finds what is wrong with %s', (text, problem) => {
    expect(problemsOf(text).join()).toMatch(problem);
  });
});

const alertsSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Popple[A-Z]\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});

const { groups } = alertsSchema.parse(Bun.YAML.parse(read('deploy/prometheus/alerts.yml')));
const alerts = groups.flatMap(({ rules }) => rules);

describe('alerts', () => {
  const handbook = read('docs/operations.md');

  test.each(alerts.map(({ alert, expr }) => [alert, expr]))('%s asks for what there is', (_alert, expr) => {
    expect(problemsOf(expr)).toEqual([]);
  });

  test.each(alerts.map(({ alert, annotations }) => [alert, annotations.runbook]))(
    '%s is explained in the handbook',
    (alert, runbook) => {
      expect(runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
      expect(handbook).toContain(`\n#### ${alert}\n`);
    },
  );

  test('the handbook explains no alert that is not there', () => {
    const explained = [...handbook.matchAll(/^#### (Popple\w+)$/gm)].map((match) => match[1]);
    expect(explained.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });

  test('a summary names only labels that the alert has', () => {
    for (const { expr, annotations } of alerts) {
      const { groupedBy } = readPromql(expr);
      for (const [, label] of annotations.summary.matchAll(/\$labels\.(\w+)/g))
        expect(groupedBy).toContain(label ?? '');
    }
  });
});

const targetSchema = z.object({
  expr: z.string(),
  legendFormat: z.string(),
  datasource: z.object({ uid: z.string() }),
});
const dashboardSchema = z.object({
  uid: z.string(),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      description: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(targetSchema).min(1),
    }),
  ),
});

const { panels } = dashboardSchema.parse(JSON.parse(read('deploy/grafana/dashboards/popple.json')));

describe('dashboard', () => {
  const sources = z
    .object({ datasources: z.array(z.object({ uid: z.string(), url: z.string() })) })
    .parse(Bun.YAML.parse(read('deploy/grafana/provisioning/datasources/popple.yaml'))).datasources;

  test.each(panels.map(({ title, targets }) => [title, targets] as const))(
    '%s asks for what there is',
    (_title, targets) => {
      for (const { expr } of targets) expect(problemsOf(expr)).toEqual([]);
    },
  );

  test('legends name only labels that the results have', () => {
    for (const { expr, legendFormat } of panels.flatMap(({ targets }) => targets)) {
      const { groupedBy } = readPromql(expr);
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        expect([...groupedBy, ...TARGET_LABELS]).toContain(label);
      }
    }
  });

  test('panels have ids of their own, and do not overlap', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { id, gridPos: a } of panels) {
      expect(a.x + a.w).toBeLessThanOrEqual(24);
      for (const { id: other, gridPos: b } of panels) {
        if (id === other) continue;
        const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        expect(apart).toBe(true);
      }
    }
  });

  test('reads from the Prometheus of compose.yaml', () => {
    expect(sources.map(({ uid }) => uid)).toEqual(['prometheus']);
    expect(Object.keys(readComposeFile().services)).toContain(new URL(sources[0]?.url ?? '').hostname);
    for (const { targets } of panels)
      for (const target of targets) expect(target.datasource.uid).toBe('prometheus');
  });
});

test('what Popple measures is on the dashboard or raises an alert, but what the log tells', () => {
  const asked = [...panels.flatMap(({ targets }) => targets), ...alerts].flatMap(
    ({ expr }) => readPromql(expr).selectors,
  );
  const used = new Set(asked.map(({ metric }) => metric.replace(/_(bucket|sum|count)$/, '')));
  const own = registry
    .getMetricsAsArray()
    .map(({ name }) => name)
    .filter((name) => name.startsWith('popple_'));
  expect(own.filter((name) => !used.has(name))).toEqual([
    'popple_svc_ledger_pruned_total',
    'popple_svc_counters_pruned_total',
  ]);
});

test('Prometheus asks services that there are, on networks that they share', () => {
  const { scrape_configs: jobs } = z
    .object({
      scrape_configs: z.array(
        z.object({
          job_name: z.string(),
          dns_sd_configs: z.array(z.object({ names: z.array(z.string()), port: z.number() })).default([]),
          static_configs: z.array(z.object({ targets: z.array(z.string()) })).default([]),
        }),
      ),
    })
    .parse(Bun.YAML.parse(read('deploy/prometheus/prometheus.yml')));
  const { services } = readComposeFile();
  const asked = jobs.flatMap(({ dns_sd_configs: dns, static_configs: fixed }) => [
    ...dns.flatMap(({ names }) => names),
    ...fixed.flatMap(({ targets }) => targets.map((target) => target.split(':')[0] ?? '')),
  ]);
  expect(asked).toEqual(['bot', 'svc', 'nats-exporter']);
  for (const name of asked) {
    const shared = services[name]?.networks.filter((network) =>
      services.prometheus?.networks.includes(network),
    );
    expect(shared?.length).toBeGreaterThan(0);
  }
  // Alerts and dashboard speak of these jobs.
  expect(jobs.map(({ job_name: name }) => name)).toEqual(['bot', 'svc', 'nats']);
});
