import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './usage-error';

/** What a command understands beside its words. */
export type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Reads a command line strictly: every option must be one of `options`, with a value where it takes one.
 * @throws UsageError naming what is not understood.
 */
export function readCommandLine<const O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Its second sentence is advice about arguments that begin with a dash; there are none here.
    throw new UsageError(error.message.replace(/\. To specify .*/s, ''), { cause: error });
  }
}

/**
 * Reads the command line of a tool that takes no arguments but what every tool takes.
 * @throws UsageError naming what is not understood.
 */
export function takeNoArguments(args: readonly string[]): Record<string, never> {
  const { positionals } = readCommandLine(args, {});
  if (positionals.length > 0) throw new UsageError(`"${positionals[0]}" is not understood`);
  return {};
}
