import { checkDiscord } from '@popple/bot/doctor/check-discord';
import { checkPostgres } from '@popple/db/check-postgres';
import { VARIABLES } from '@popple/shared/config/variables';
import { readOptions } from '@popple/shared/operator/command-line';
import { type Finding, skipped, wrong } from '@popple/shared/operator/finding';
import { EXIT, runTool, type ToolRun } from '../terminal/run-tool';
import { checkBun, checkEnvFile } from './check-machine';
import { checkNats } from './check-nats';
import { type Configured, configured } from './configured';
import { report } from './report';

const HELP = `Checks what Popple depends on, and says what to do where something is wrong: Discord's token, intent and permissions,
NATS and its streams, queries to svc, Postgres and its migrations, clocks and versions. Changes nothing.

Usage: bun run popple doctor [--json]

  --json  prints {"ok":…,"invite":…,"findings":[…]} as one line of JSON instead

Environment, also from the file .env; what is not set is not checked, and each may be given as a file in NAME_FILE:
  DISCORD_TOKEN    the bot's token (DISCORD_API_URL: of a Discord elsewhere; MESSAGE_CONTENT as bot has it)
  NATS_URL         such as nats://user:password@nats:4222
  DATABASE_URL     such as postgres://user:password@postgres:5432/popple

Exit codes: 0 nothing is wrong; 1 something is; 2 the command line is wrong.`;

/** Runs a check with a value that may be left out or wrong. */
async function withValue<T>(
  name: string,
  check: string,
  read: Configured<T>,
  look: (value: T) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  if ('problem' in read) return [wrong(check, read.problem, `Correct ${name}, then look again.`)];
  if (read.value === undefined) return [skipped(check, `${name} is not set`)];
  return await look(read.value);
}

async function main(run: ToolRun): Promise<number> {
  let invite: string | undefined;
  const apiUrl = configured('DISCORD_API_URL', VARIABLES.DISCORD_API_URL);
  const discord = withValue('DISCORD_API_URL', 'Discord', apiUrl, (url) =>
    withValue(
      'DISCORD_TOKEN',
      'Discord',
      configured('DISCORD_TOKEN', VARIABLES.DISCORD_TOKEN),
      async (token) => {
        const content = configured('MESSAGE_CONTENT', VARIABLES.MESSAGE_CONTENT);
        const withContent = 'problem' in content || content.value !== false;
        const checkup = await checkDiscord({ apiUrl: url, token, withContent });
        invite = checkup.invite;
        return checkup.findings;
      },
    ),
  );
  const nats = withValue('NATS_URL', 'NATS', configured('NATS_URL', VARIABLES.NATS_URL), (servers) =>
    checkNats(run, servers),
  );
  const database = configured('DATABASE_URL', VARIABLES.DATABASE_URL);
  const postgres = withValue('DATABASE_URL', 'Postgres', database, checkPostgres);
  const looked = await Promise.all([discord, nats, postgres]);
  const findings = [...looked.flat(), checkBun(), checkEnvFile(process.cwd())];
  const ok = findings.every(({ status }) => status !== 'wrong');
  run.print(report(findings, invite));
  run.answer({ ok, invite, findings });
  return ok ? EXIT.done : EXIT.failed;
}

await runTool({ help: HELP, variables: {}, parse: (args) => readOptions(args, {}), main });
