import { argv } from 'node:process';

/** A program that one word of the command line chooses. */
export interface Command {
  /** What it does, in a phrase. */
  readonly about: string;
  load(): Promise<unknown>;
  /** Whether it ends by SIGTERM and SIGINT by itself. As process 1, nothing does that does not say so. */
  readonly handlesSignals?: boolean;
}

export interface Program {
  /** How it is called, such as `bun run popple`. */
  name: string;
  commands: Readonly<Record<string, Command>>;
  /** What all commands have in common. */
  note: string;
}

function usage({ name, commands, note }: Program): string {
  const width = Math.max(...Object.keys(commands).map((command) => command.length)) + 1;
  const rows = Object.entries(commands).map(
    ([command, { about }]) => `  ${command.padEnd(width)} ${about}\n`,
  );
  return `Usage: ${name} <command> [arguments]\n\n${rows.join('')}\n${note}\n`;
}

/**
 * Runs the command that the first argument names; it sees the rest as if it had been started by itself. Without one, or
 * for help, it prints what there is, and exits with 0; for one that it does not know, with 2.
 */
export async function runCommand(program: Program): Promise<void> {
  const [, , name = '--help'] = argv;
  const command = Object.hasOwn(program.commands, name) ? program.commands[name] : undefined;
  if (command === undefined) {
    const isAsked = ['--help', '-h', 'help'].includes(name);
    if (isAsked) process.stdout.write(usage(program));
    else process.stderr.write(`There is no command ${name}.\n\n${usage(program)}`);
    process.exit(isAsked ? 0 : 2);
  }
  argv.splice(2, 1);
  if (command.handlesSignals === false) {
    // What these programs do may be cut off anywhere.
    process.on('SIGTERM', () => process.exit(143));
    process.on('SIGINT', () => process.exit(130));
  }
  await command.load();
}
