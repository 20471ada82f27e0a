import type { Paint } from './colours';
import { formatLine, type ServiceName } from './log-line';

/** What the person at the terminal sees. */
export interface Screen {
  /** A line that a service wrote. */
  log(name: ServiceName, line: string): void;
  /** A line of the supervisor's own. */
  say(text: string): void;
  /** One thing that has been done at the start. */
  done(what: string): void;
  /** A problem, which the person should read. */
  problem(text: string): void;
  /** How far something that takes long has come: written over itself in a terminal, every tenth elsewhere. */
  progress(what: string, receivedBytes: number, totalBytes: number | undefined): void;
  /** Lines in a frame. */
  box(lines: readonly string[]): void;
}

/** Writes to `write`, which gets whole lines but for the progress. */
export function openScreen(write: (text: string) => void, paint: Paint, isTerminal: boolean): Screen {
  let progressShown = false;
  let tenthShown = -1;
  const line = (text: string) => {
    // A line of progress that is not yet finished is written over.
    write(`${progressShown ? '\r\x1b[K' : ''}${text}\n`);
    progressShown = false;
  };
  const say = (text: string) => {
    for (const row of text.split('\n')) for (const out of formatLine('popple', row, paint)) line(out);
  };
  return {
    log: (name, text) => {
      for (const out of formatLine(name, text, paint)) line(out);
    },
    say,
    done: (what) => say(`${paint('green', '✓')} ${what}`),
    problem: (text) => {
      for (const row of text.split('\n')) say(paint('red', row));
    },
    progress: (what, receivedBytes, totalBytes) => {
      const tenth = totalBytes === undefined ? -1 : Math.floor((receivedBytes / totalBytes) * 10);
      const text = `${what}: ${megabytes(receivedBytes)}${totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`}`;
      if (isTerminal) {
        write(`\r\x1b[K${formatLine('popple', text, paint).join('')}`);
        progressShown = true;
      } else if (tenth !== tenthShown && receivedBytes > 0) {
        line(formatLine('popple', text, paint).join(''));
      }
      tenthShown = tenth;
    },
    box: (lines) => {
      const width = Math.max(...lines.map((text) => text.length));
      const row = (text: string) => `│ ${text.padEnd(width)} │`;
      const framed = [`╭${'─'.repeat(width + 2)}╮`, ...lines.map(row), `╰${'─'.repeat(width + 2)}╯`];
      for (const text of ['', ...framed, '']) line(paint('bold', text));
    },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
