import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../results';
import { latencyChart } from './chart';
import { sections } from './tables';

const FOLDER = join(import.meta.dir, '../../results');
const README = join(import.meta.dir, '../../README.md');
const BEGIN = '<!-- figures: written by `bun run bench --keep` -->';
const END = '<!-- end of figures -->';

/** What the figures were measured on, in one sentence. */
function circumstances({ at, machine, versions, options }: Results): string {
  const all = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const how = options.length === 0 ? 'bun run bench' : `bun run bench ${options.join(' ')}`;
  return (
    `Measured on ${at.slice(0, 10)} with \`${how}\`, on ${machine.cores} cores (${machine.cpu}) with ` +
    `${machine.memoryGib.toFixed(0)} GiB of memory, ${machine.platform}; ${all.join(', ')}.`
  );
}

/** The text between the marks, replaced. @throws Error when the marks are not there. */
export function replaceBetween(text: string, begin: string, end: string, by: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`there is no place for it between ${begin} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${by}\n\n${text.slice(to)}`;
}

function figures(results: Results): string {
  const tables = sections(results).map(({ title, text }) => `### ${title}\n\n${text}`);
  const picture =
    results.loads.svc.length > 1 ? ['![Latency against load](results/latency.svg)'] : ([] as string[]);
  return [circumstances(results), ...picture, ...tables].join('\n\n');
}

function write(name: string, content: string): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, name);
  writeFileSync(path, content);
  return path;
}

/** Writes the results as JSON, and the picture where there is one. Resolves to the paths. */
export function saveResults(results: Results, name: string): string[] {
  const paths = [write(`${name}.json`, `${JSON.stringify(results, null, 2)}\n`)];
  if (results.loads.svc.length > 1) {
    const subtitle = `${results.machine.cores} cores, ${results.at.slice(0, 10)}`;
    const picture = name === 'latest' ? 'latency.svg' : `${name}.svg`;
    paths.push(write(picture, latencyChart(results.loads.svc, subtitle)));
  }
  return paths;
}

/** The figures that were kept last; undefined when there are none. */
export function keptResults(): Results | undefined {
  try {
    return JSON.parse(readFileSync(join(FOLDER, 'latest.json'), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes these the figures that the README and git keep. Resolves to the paths. */
export function keepResults(results: Results): string[] {
  const paths = saveResults(results, 'latest');
  const readme = readFileSync(README, 'utf8');
  writeFileSync(README, replaceBetween(readme, BEGIN, END, figures(results)));
  return [...paths, README];
}
