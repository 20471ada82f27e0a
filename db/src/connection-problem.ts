import { OperatorError } from '@popple/shared/process/operator-error';
import postgres from 'postgres';

/** What the operator must correct, by SQLSTATE. */
interface Problem {
  readonly sentence: string;
  /** Whether it may pass without a restart of this process, once a connection has worked. */
  readonly mayPass: boolean;
}

const REFUSED = 'refuses the user or the password of DATABASE_URL';

const PROBLEMS: Readonly<Record<string, Problem>> = {
  // A password is read once, at the start: a process whose password was changed gets the new one by starting again.
  '28P01': { sentence: REFUSED, mayPass: false },
  // A role that may not log in, or a line that is missing in pg_hba.conf.
  '28000': { sentence: REFUSED, mayPass: true },
  // A database is gone for some moments while it is restored.
  '3D000': { sentence: 'has no database of the name in DATABASE_URL', mayPass: true },
};

/**
 * The sentence to end with when Postgres refuses the connection for a reason that waiting does not correct: a wrong
 * password, user or database (28P01, 28000, 3D000). Undefined for every other error, and, once a connection `hasWorked`,
 * for what may pass without a restart. `place` is where the server is, without its password.
 */
export function connectionProblem(
  error: unknown,
  { place, hasWorked }: { place: string; hasWorked: boolean },
): OperatorError | undefined {
  if (!(error instanceof postgres.PostgresError)) return undefined;
  const problem = PROBLEMS[error.code];
  if (problem === undefined || (hasWorked && problem.mayPass)) return undefined;
  return new OperatorError(
    `Postgres at ${place} ${problem.sentence}; correct it there or in DATABASE_URL (or DATABASE_URL_FILE) and start again`,
    { cause: error },
  );
}
