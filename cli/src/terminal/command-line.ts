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
