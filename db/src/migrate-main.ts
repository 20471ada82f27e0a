import { ConfigurationError, readEnvironment } from '@popple/shared/config/environment';
import { VARIABLES } from '@popple/shared/config/variables';
import { helpText } from '@popple/shared/process/help';
import { OperatorError } from '@popple/shared/process/operator-error';
import { migrate } from './migrate';

const ABOUT = `Brings Popple's database to the schema of this code. Safe to run at any time, and from several processes at once.

Usage: bun run db:migrate`;

const variables = { DATABASE_URL: VARIABLES.DATABASE_URL };
const write = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(helpText(ABOUT, variables));
    return 0;
  }
  const unknown = process.argv.slice(2);
  if (unknown.length > 0) throw new OperatorError(`unknown argument ${unknown.join(' ')}; try --help`);
  const { DATABASE_URL } = readEnvironment(variables);
  const { applied } = await migrate(DATABASE_URL, { onProgress: write });
  if (applied.length === 0) write('the database is up to date');
  return 0;
}

try {
  process.exit(await main());
} catch (error) {
  if (!(error instanceof OperatorError || error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
