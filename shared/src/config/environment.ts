import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** One environment variable: its schema reads the text, `about` says in a phrase what it is and what it looks like. */
export interface Variable<Schema extends z.ZodType = z.ZodType> {
  schema: Schema;
  about: string;
  /** The value when it is not set, written as an operator would. Without one the variable is required. */
  fallback?: string;
  /** A secret may also come from the file that NAME_FILE names, and its value never appears in an error. */
  secret?: boolean;
}

export type Variables = Record<string, Variable>;
export type Values<V extends Variables> = { [Name in keyof V]: z.output<V[Name]['schema']> };

/** Every variable that is missing or wrong, in one error. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The environment is not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

class Problem extends Error {}

function rawValue(name: string, variable: Variable, environment: NodeJS.ProcessEnv): string | undefined {
  // An empty variable is how compose files and shells say "not set".
  const direct = environment[name] || undefined;
  if (!variable.secret) return direct ?? variable.fallback;
  const path = environment[`${name}_FILE`] || undefined;
  if (direct !== undefined && path !== undefined) {
    throw new Problem(`${name} and ${name}_FILE are both set; keep one of them`);
  }
  if (path === undefined) return direct ?? variable.fallback;
  try {
    const content = readFileSync(path, 'utf8').trim();
    if (content !== '') return content;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem(`${name}_FILE names ${path}, which cannot be read: ${reason}`);
  }
  throw new Problem(`${name}_FILE names ${path}, which is empty`);
}

function readOne(name: string, variable: Variable, environment: NodeJS.ProcessEnv): unknown {
  const text = rawValue(name, variable, environment);
  const alternative = variable.secret ? ` (or ${name}_FILE, the path of a file that holds it)` : '';
  if (text === undefined) throw new Problem(`${name}${alternative} is missing: ${variable.about}`);
  const result = variable.schema.safeParse(text);
  if (result.success) return result.data;
  const shown = variable.secret ? '' : ` is "${text}"`;
  const issues = result.error.issues.map((issue) => issue.message).join('; ');
  throw new Problem(`${name}${shown}: ${issues}. It is ${variable.about}`);
}

/**
 * Reads all variables at once.
 * @throws ConfigurationError naming every variable that is missing or wrong and what it should look like, never a secret's value.
 */
export function readEnvironment<V extends Variables>(
  variables: V,
  environment: NodeJS.ProcessEnv = process.env,
): Values<V> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(variables)) {
    try {
      values[name] = readOne(name, variable, environment);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return values as Values<V>;
}
