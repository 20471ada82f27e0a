/** What an install ended with. */
export interface FailedInstall {
  /** Both streams of `bun install`. */
  readonly output: string;
  /** The checkout. */
  readonly root: string;
}

/** Known causes in the words of Bun 1.2 to 1.4, and what the person can do about each. */
const CAUSES: readonly (readonly [RegExp, (root: string) => string])[] = [
  [
    /lockfile is frozen|lockfile had changes/i,
    () => 'bun.lock does not match a package.json. Run "bun install" and commit bun.lock, or undo the edit.',
  ],
  [
    /EROFS|EACCES|EPERM|read-?only|permission denied|AccessDenied/i,
    (root) =>
      `Files in ${root} cannot be written: packages are installed into its folder node_modules. ` +
      'Use a checkout that belongs to you and is not mounted read-only.',
  ],
  [/ENOSPC|NoSpaceLeft/i, () => 'The disk is full.'],
  [
    /ConnectionRefused|ConnectionClosed|ConnectionTimedOut|FailedToOpenSocket|DNS|ENOTFOUND|EAI_AGAIN|Timeout|Unreachable|CERT|HTTP(?:Forbidden|Proxy)|\b(?:403|407|5\d\d) /i,
    () =>
      'The npm registry cannot be reached. The first run downloads the packages; later runs need no network. ' +
      'Check the network, and HTTPS_PROXY or the registry in .npmrc where you need one.',
  ],
];

const LINES_SHOWN = 4;

/**
 * The failure of `bun install` in words: its own first errors (at most four lines), what they mean, and what to do. Lines
 * are separated by newlines; the last one ends without.
 */
export function explainFailedInstall({ output, root }: FailedInstall): string {
  const lines = [...new Set(output.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
  const told = lines.filter((line) => !/^(Resolving|Resolved|Saved|bun install)/.test(line));
  // An optional package of some other platform is only a warning.
  const isWarning = (line: string) => line.startsWith('warn:');
  const errors = [...told.filter((line) => !isWarning(line)), ...told.filter(isWarning)];
  const shown = errors.slice(0, LINES_SHOWN).map((line) => `  ${line}`);
  const hidden = errors.length - shown.length;
  const advice = CAUSES.find(([pattern]) => pattern.test(output))?.[1](root);
  return [
    'The packages that Popple needs could not be installed. "bun install" reports:',
    ...shown,
    ...(hidden > 0 ? [`  … and ${hidden} more lines`] : []),
    ...(shown.length === 0 ? ['  nothing'] : []),
    advice ?? 'Run "bun install" to see all of it.',
  ].join('\n');
}
