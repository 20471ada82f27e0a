import { mean, median } from '../measure/percentiles';
import type { HistorySpeed, Load, Names, Path, Rate, Results } from '../results';
import { compare, rulesRatio } from './ratios';
import { msText, perSecondText, ratioText, table } from './table';
import { verdicts } from './verdicts';

/** A table with its title. */
export interface Section {
  title: string;
  text: string;
}

const number = (heading: string) => ({ heading, isNumber: true });

function shareText(share: number | undefined): string {
  return share === undefined ? '' : `${Math.round(share * 100)} %`;
}

function othersText({ cpu }: Rate): string {
  return shareText(cpu.length === 0 ? undefined : mean(cpu.map(({ othersShare }) => othersShare)));
}

function layerTable(layers: readonly Rate[]): string {
  return table(
    [
      { heading: 'bare layer' },
      number('per second'),
      number('lowest'),
      number('highest'),
      number('others’ CPU'),
    ],
    layers.map((layer) => [
      layer.label,
      perSecondText(median(layer.rounds)),
      perSecondText(Math.min(...layer.rounds)),
      perSecondText(Math.max(...layer.rounds)),
      othersText(layer),
    ]),
  );
}

function pathTable(paths: readonly Path[], layers: readonly Rate[]): string {
  return table(
    [
      { heading: 'path' },
      number('per second'),
      { heading: 'slowest bare layer' },
      number('path ÷ that'),
      number('layers in series'),
      number('path ÷ that'),
      number('others’ CPU'),
    ],
    paths.map((path) => {
      const comparison = compare(path, layers);
      const perSecond = perSecondText(median(path.rounds));
      if (comparison === undefined)
        return [path.label, perSecond, 'not measured', '', '', '', othersText(path)];
      const { slowest, inSeries } = comparison;
      return [
        path.label,
        perSecond,
        slowest.label,
        ratioText(slowest.ratio),
        perSecondText(inSeries.perSecond),
        ratioText(inSeries.ratio),
        othersText(path),
      ];
    }),
  );
}

function cpuTable(paths: readonly Path[]): string {
  const rows = paths.flatMap(({ label, cpu }) => {
    if (cpu[0] === undefined) return [];
    const parts = Object.keys(cpu[0].perItemUs).map((name) => {
      return { name, us: median(cpu.map(({ perItemUs }) => perItemUs[name] ?? 0)) };
    });
    const sum = parts.reduce((total, { us }) => total + us, 0);
    return [[label, sum.toFixed(0), parts.map(({ name, us }) => `${name} ${us.toFixed(0)}`).join(', ')]];
  });
  return table([{ heading: 'path' }, number('µs of CPU each'), { heading: 'of which' }], rows);
}

function loadTable(loads: readonly (Load & { path: string })[]): string {
  return table(
    [
      { heading: 'path' },
      { heading: 'load' },
      number('per second'),
      ...['p50', 'p99', 'p99.9', 'max'].map((name) => number(`${name} ms`)),
      number('others’ CPU'),
    ],
    loads.map(({ path, label, perSecond, othersShare, latency: { p50, p99, p999, max } }) => [
      path,
      label,
      perSecondText(perSecond),
      ...[p50, p99, p999, max].map(msText),
      shareText(othersShare),
    ]),
  );
}

function parserTable({ parser }: Results): string {
  return table(
    [
      { heading: 'text' },
      number('messages per second'),
      number('µs for 4,000 characters'),
      number('time ÷ that for 1,000'),
    ],
    parser.map(({ label, messagesPerSecond, longestUs, growth }) => [
      label,
      perSecondText(messagesPerSecond),
      longestUs === undefined ? '' : longestUs.toFixed(0),
      growth === undefined ? '' : growth.toFixed(1),
    ]),
  );
}

function boardTable({ boards }: Results): string {
  return table(
    [{ heading: 'board of 10' }, number('subjects'), number('p50 ms'), number('p99 ms')],
    boards.map(({ label, subjects, latency }) => [
      label,
      subjects.toLocaleString('en'),
      msText(latency.p50),
      msText(latency.p99),
    ]),
  );
}

function rulesTable({ rules }: Results): string {
  return table(
    [
      { heading: 'applied, one statement for 500' },
      number('per second, before there were rules'),
      number('with rules and journal'),
      number('÷'),
    ],
    rules.map((cost) => [
      cost.label,
      perSecondText(median(cost.before)),
      perSecondText(median(cost.withRules)),
      ratioText(rulesRatio(cost)),
    ]),
  );
}

function historyTable(history: readonly HistorySpeed[]): string {
  return table(
    [{ heading: 'history, 10 a page' }, number('changes'), number('p50 ms'), number('p99 ms')],
    history.map(({ label, changes, latency }) => [
      label,
      changes.toLocaleString('en'),
      msText(latency.p50),
      msText(latency.p99),
    ]),
  );
}

function growthTable({ growth }: Results): string {
  return table(
    [
      { heading: 'applied, one statement for 500' },
      number('per second, first'),
      number('then'),
      number('then ÷ first'),
      number('pages a request, first'),
      number('then'),
    ],
    growth.map(({ label, little, lot, ratio }) => [
      label,
      perSecondText(little.perSecond),
      perSecondText(lot.perSecond),
      ratioText(ratio),
      little.pages.toFixed(1),
      lot.pages.toFixed(1),
    ]),
  );
}

function namesTable({ searches }: Names): string {
  return table(
    [
      { heading: 'looked for' },
      { heading: 'through' },
      number('names'),
      number('p50 ms'),
      number('p99 ms'),
      number('max ms'),
    ],
    searches.map(({ label, path, names, latency: { p50, p99, max } }) => [
      label,
      path,
      names.toLocaleString('en'),
      ...[p50, p99, max].map(msText),
    ]),
  );
}

function addingTable({ adding: { withNames, without, ratio } }: Names): string {
  return table(
    [
      { heading: 'applied, one statement for 500' },
      number('per second'),
      number('without names to search'),
      number('÷'),
    ],
    [['each request with a new name', perSecondText(withNames), perSecondText(without), ratioText(ratio)]],
  );
}

function killTable({ kills }: Results): string {
  return table(
    [
      { heading: 'killed' },
      number('kills'),
      number('first answer p50 ms'),
      number('p99 ms'),
      number('max ms'),
      number('longest wait p50 ms'),
      number('max ms'),
    ],
    kills.map(({ label, first, slowest }) => [
      label,
      String(first.samples),
      ...[first.p50, first.p99, first.max, slowest.p50, slowest.max].map(msText),
    ]),
  );
}

function memoryTable({ memory, soak }: Results): string {
  const rows = memory.map(({ part, after, residentMib }) => [part, after, residentMib.toFixed(0)]);
  for (const { part, quartersMib, maxMib } of soak?.memory ?? []) {
    const quarters = quartersMib.map((mib) => mib.toFixed(0)).join(', ');
    rows.push([part, `soak: most`, maxMib.toFixed(0)], [part, 'soak: medians of the quarters', quarters]);
  }
  return table([{ heading: 'part' }, { heading: 'after' }, number('resident MiB')], rows);
}

/** Everything that was measured, as tables with their titles. */
export function sections(results: Results): Section[] {
  const loads = [
    ...results.loads.svc.map((load) => ({ ...load, path: 'request → event' })),
    ...results.loads.chat.map((load) => ({ ...load, path: 'chat → answer' })),
  ];
  const judged = verdicts(results).map(({ target, measured, met }) => [target, measured, met ? 'yes' : 'NO']);
  const { names } = results;
  const all: [string, boolean, () => string][] = [
    ['Bare layers', results.layers.length > 0, () => layerTable(results.layers)],
    ['Paths', results.paths.length > 0, () => pathTable(results.paths, results.layers)],
    ['CPU time', results.paths.some(({ cpu }) => cpu.length > 0), () => cpuTable(results.paths)],
    ['Latency', loads.length > 0, () => loadTable(loads)],
    ['Parser', results.parser.length > 0, () => parserTable(results)],
    ['Boards', results.boards.length > 0, () => boardTable(results)],
    ['Rules', results.rules.length > 0, () => rulesTable(results)],
    ['Growth', results.growth.length > 0, () => growthTable(results)],
    ...(names === undefined
      ? []
      : ([
          ['Finding names', true, () => namesTable(names)],
          ['Adding names', true, () => addingTable(names)],
        ] as [string, boolean, () => string][])),
    ['History', results.history !== undefined, () => historyTable(results.history ?? [])],
    ['Kill to answer', results.kills.length > 0, () => killTable(results)],
    ['Memory', results.memory.length > 0 || results.soak !== undefined, () => memoryTable(results)],
    ['Targets', true, () => table([{ heading: 'target' }, number('measured'), { heading: 'met' }], judged)],
  ];
  return all.flatMap(([title, isThere, make]) => (isThere ? [{ title, text: make() }] : []));
}
