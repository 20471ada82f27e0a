import { delimiter, join, resolve } from 'node:path';
import { readOptions } from '@popple/shared/operator/command-line';
import { ROOT } from './engine';

export const HELP = `bun run test:compose [--file <override.yaml>]... [--keep]

Builds the images and runs compose.yaml with its dev profile, as a project of its own that shares nothing with another:
up from nothing, chat, then kills, scaling, partitions and new passwords while members talk, and at the end every total
and every reply must be exact. Needs a Docker engine with Compose 2.20 or newer, and the base images or a way to pull
them. Takes some minutes.

  --file <override.yaml>  a further compose file, such as one with build settings of this machine; those that
                          COMPOSE_FILE names are taken too
  --keep                  leaves everything running at the end, to be looked at
  --help                  prints this

  BUN_IMAGE               the image to build from, when it is not to be the one that the Dockerfile names
`;

export interface Options {
  help: boolean;
  keep: boolean;
  /** compose.yaml and what was added to it, as absolute paths. */
  files: string[];
}

/** Reads the command line. @throws UsageError for what is not an option. */
export function parseOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Options {
  const values = readOptions(args, {
    file: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  const own = join(ROOT, 'compose.yaml');
  const fromEnvironment = (environment.COMPOSE_FILE ?? '').split(
    environment.COMPOSE_PATH_SEPARATOR ?? delimiter,
  );
  const added = [...fromEnvironment, ...values.file]
    .filter((file) => file !== '')
    .map((file) => resolve(ROOT, file))
    .filter((file) => file !== own);
  return { help: values.help, keep: values.keep, files: [own, ...new Set(added)] };
}
