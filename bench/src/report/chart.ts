import type { Load } from '../results';

const WIDTH = 720;
const HEIGHT = 400;
const MARGIN = { top: 48, right: 84, bottom: 56, left: 64 };
const SERIES = [
  { key: 'p50', label: 'p50', color: '#2a78d6' },
  { key: 'p99', label: 'p99', color: '#eb6834' },
  { key: 'p999', label: 'p99.9', color: '#8a4fbf' },
] as const;

/** What a chart of these loads has on its logarithmic axis: 1, 2 and 5 times powers of ten around all values. */
export function logTicks(lowest: number, highest: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(lowest)); power <= Math.ceil(Math.log10(highest)); power += 1) {
    for (const step of [1, 2, 5]) ticks.push(Number((step * 10 ** power).toPrecision(1)));
  }
  const from = ticks.findLastIndex((tick) => tick <= lowest);
  const to = ticks.findIndex((tick) => tick >= highest);
  return ticks.slice(Math.max(0, from), to < 0 ? undefined : to + 1);
}

/** Round numbers from 0 to past the highest value, some five of them. */
export function linearTicks(highest: number): number[] {
  const rough = highest / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, n) => n * step);
}

function text(x: number, y: number, content: string, extra = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${extra}>${content}</text>`;
}

/** A picture of latency against load, as SVG. Loads are in requests a second; latency has a logarithmic axis. */
export function latencyChart(loads: readonly Load[], subtitle: string): string {
  const points = [...loads].sort((a, b) => a.perSecond - b.perSecond);
  const values = points.flatMap(({ latency }) => SERIES.map(({ key }) => latency[key]));
  const yTicks = logTicks(Math.min(...values), Math.max(...values));
  const xTicks = linearTicks(Math.max(...points.map(({ perSecond }) => perSecond)));
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const [lowest = 1, highest = 10] = [yTicks[0], yTicks.at(-1)];
  const x = (perSecond: number) => MARGIN.left + (perSecond / (xTicks.at(-1) ?? 1)) * (right - MARGIN.left);
  const y = (ms: number) =>
    bottom - (Math.log(ms / lowest) / Math.log(highest / lowest)) * (bottom - MARGIN.top);

  const grid = [
    ...yTicks.map(
      (tick) =>
        `<path class="grid" d="M${MARGIN.left} ${y(tick).toFixed(1)}H${right}"/>` +
        text(MARGIN.left - 8, y(tick) + 4, String(tick), 'text-anchor="end"'),
    ),
    ...xTicks.map((tick) => text(x(tick), bottom + 20, tick.toLocaleString('en'), 'text-anchor="middle"')),
  ];
  // Names at the ends of lines that end close together are kept apart.
  let above = Number.POSITIVE_INFINITY;
  const lines = SERIES.map(({ key, label, color }) => {
    const path = points.map(({ perSecond, latency }, n) => {
      return `${n === 0 ? 'M' : 'L'}${x(perSecond).toFixed(1)} ${y(latency[key]).toFixed(1)}`;
    });
    const last = points.at(-1);
    const endY = last === undefined ? bottom : Math.min(y(last.latency[key]) + 4, above - 15);
    above = endY;
    const dots = points.map(
      ({ perSecond, latency }) =>
        `<circle cx="${x(perSecond).toFixed(1)}" cy="${y(latency[key]).toFixed(1)}" r="3.5" fill="${color}"/>`,
    );
    const name =
      last === undefined
        ? ''
        : text(x(last.perSecond) + 10, endY, label, `fill="${color}" font-weight="600"`);
    return `<path d="${path.join('')}" fill="none" stroke="${color}" stroke-width="2"/>${dots.join('')}${name}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Latency against load" font-family="system-ui, sans-serif" font-size="12">
<style>text:not([fill]){fill:#444}.grid{stroke:#ddd}</style>
<rect width="100%" height="100%" fill="#fff"/>
${text(MARGIN.left, 20, 'From request to event: latency against load', 'font-size="15" font-weight="600" fill="#111"')}
${text(MARGIN.left, 37, subtitle)}
${grid.join('\n')}
${lines.join('\n')}
${text((MARGIN.left + right) / 2, HEIGHT - 14, 'requests a second, one svc worker', 'text-anchor="middle"')}
${text(18, (MARGIN.top + bottom) / 2, 'milliseconds', `text-anchor="middle" transform="rotate(-90 18 ${(MARGIN.top + bottom) / 2})"`)}
</svg>
`;
}
