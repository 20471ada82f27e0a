import { ConfigurationError, readEnvironment, type Variables } from '@popple/shared/config/environment';
import type { z } from 'zod';

/** The value of one variable: `undefined` when it is not set, or what is wrong with it. */
export type Configured<T> = { readonly value: T | undefined } | { readonly problem: string };

/** Reads one variable that may be left out, itself or its _FILE. */
export function configured<Name extends string, V extends Variables[string]>(
  name: Name,
  variable: V,
  environment: NodeJS.ProcessEnv = process.env,
): Configured<z.output<V['schema']>> {
  const isSet = Boolean(environment[name] || environment[`${name}_FILE`]);
  if (!isSet && variable.fallback === undefined) return { value: undefined };
  try {
    const values = readEnvironment({ [name]: variable }, environment);
    return { value: values[name] as z.output<V['schema']> };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { problem: error.problems.join('; ') };
  }
}
