import type { Values } from '@popple/shared/config/environment';
import { VARIABLES } from '@popple/shared/config/variables';
import type { Event } from '@popple/shared/contract/event';
import { MAX_AUDIT_SIZE } from '@popple/shared/contract/limits';
import { QUERY_VERSION } from '@popple/shared/contract/query';
import type { JetStream } from '@popple/shared/messaging/jetstream';
import { askSvc } from '../requests/ask-svc';
import {
  APPLY_DEADLINE_MS,
  notAppliedYet,
  operatorEnvelope,
  publishAndWait,
} from '../requests/request-of-operator';
import { connectJetStream } from '../terminal/connect';
import { EXIT, runTool, type ToolRun } from '../terminal/run-tool';
import { type AskedModeration, type ModerateArguments, parseModerateArguments } from './arguments';
import { auditText } from './audit-text';

const HELP = `Does what moderators may do in a server, and shows what they did.

Usage: bun run popple moderate <server> adjust <subject> <amount> <reason>
       bun run popple moderate <server> block <member> [reason]
       bun run popple moderate <server> unblock <member> [reason]
       bun run popple moderate <server> merge <subject> <subject> [reason]
       bun run popple moderate <server> remove <subject> [reason]
       bun run popple moderate <server> undo <message> [reason]
       bun run popple moderate <server> undo-all <member> <since> [reason]
       bun run popple moderate <server> log [--limit <entries>]

  <server>   its id: with Developer Mode on, Discord's menu of a server has "Copy Server ID"
  <subject>  as in chat, in quotes where it is more than one word; a member as "<@id>"
  adjust     changes its karma by an amount, such as 5 or -5, whatever the rules say
  block      nothing that a member gives or receives counts, until they are unblocked; <member> is an id
  merge      gives all karma of the first subject to the second; the first name is gone
  remove     forgets its karma and its name; what was given stays in the journal
  undo       takes back what a message changed, whoever wrote it and whenever; <message> is its id or a link to it
  undo-all   takes back what a member changed since a time, such as 2h, 2026-07-01 or 2026-07-01T02:00:00Z
  log        shows the newest entries of the audit log: who did what to whom, when and why
  --limit    how many entries: 1 to ${MAX_AUDIT_SIZE}, 20 unless it is said
  --json     prints the result as one line of JSON instead

What is asked is a request like those of the bot: it is stored, and applied when svc takes it, within ${APPLY_DEADLINE_MS / 1_000} s or later. It
is in the log with your name, as this machine knows it.

Exit codes: 0 done; 1 failed; 2 the command line is wrong; 3 stored, and not applied yet.`;

const variables = { NATS_URL: VARIABLES.NATS_URL };

/** What came of it, for people. */
function outcomeText(event: Event): string {
  switch (event.kind) {
    case 'adjusted':
      return `${event.total.display} has ${event.total.karma} karma`;
    case 'blocked':
      return `nothing that ${event.memberId} gives or receives counts`;
    case 'unblocked':
      return `what ${event.memberId} gives and receives counts`;
    case 'merged':
      return event.moved === undefined
        ? `nobody has changed ${event.from}; nothing was done`
        : `${event.total.display} has ${event.total.karma} karma, of which ${event.from} had ${event.moved}`;
    case 'removed':
      return event.karma === undefined
        ? `nobody has changed ${event.display}; nothing was done`
        : `${event.display} is gone, with ${event.karma} karma`;
    case 'request-undone':
      if (event.totals.length === 0)
        return event.wasUndone
          ? 'that was undone before; nothing was done'
          : 'no member changed anything by that; nothing was done';
      return event.totals.map(({ display, karma }) => `${display} has ${karma} karma`).join('\n');
    case 'all-undone':
      return `${event.requests} undone${event.hasMore ? '; there are more: do it again' : ''}`;
    default:
      return 'done';
  }
}

async function request(
  run: ToolRun,
  jetStream: JetStream,
  guildId: string,
  asked: AskedModeration,
): Promise<number> {
  const message = { ...operatorEnvelope(guildId), ...asked };
  const event = await publishAndWait(jetStream, message, run.signal);
  run.answer({ guildId, requestId: message.id, asked, isApplied: event !== undefined, event });
  if (event === undefined) {
    run.say(notAppliedYet(message));
    return EXIT.incomplete;
  }
  run.print(`${outcomeText(event)}\n`);
  return EXIT.done;
}

/** @throws OperatorError when no svc responds. */
async function showLog(
  run: ToolRun,
  { connection }: JetStream,
  guildId: string,
  limit: number,
): Promise<number> {
  const query = { v: QUERY_VERSION, kind: 'read-audit', guildId, limit } as const;
  const what = 'The log cannot be read, because svc has it and does not respond';
  const { entries } = await askSvc<'read-audit'>(connection, query, what);
  run.print(auditText(entries));
  run.answer({ guildId, entries });
  return EXIT.done;
}

async function main(
  run: ToolRun,
  args: ModerateArguments,
  config: Values<typeof variables>,
): Promise<number> {
  const jetStream = await connectJetStream(run, config.NATS_URL, 'popple-moderate');
  return args.command === 'log'
    ? await showLog(run, jetStream, args.guildId, args.limit)
    : await request(run, jetStream, args.guildId, args.asked);
}

await runTool({ help: HELP, variables, parse: parseModerateArguments, main });
