import { describeError } from '@popple/shared/observability/log';
import { clockFinding, type Finding, ok, wrong } from '@popple/shared/operator/finding';
import { printable } from '@popple/shared/operator/printable';
import { ApplicationFlags } from 'discord.js';
import { z } from 'zod';
import { inviteLink, missingPermissions } from '../invite';

const TIMEOUT_MS = 10_000;
/** The most servers that Discord tells at once. */
const PAGE = 200;

const userSchema = z.object({ id: z.string(), username: z.string() });
const applicationSchema = z.object({
  id: z.string(),
  flags: z.int().default(0),
  bot_public: z.boolean().optional(),
});
const guildsSchema = z.array(z.object({ id: z.string(), name: z.string(), permissions: z.string() }));

/** What was found, and the link that invites the bot where it could be made. */
export interface DiscordCheckup {
  readonly findings: readonly Finding[];
  readonly invite: string | undefined;
}

async function ask(apiUrl: string, token: string, path: string): Promise<Response> {
  return await fetch(`${apiUrl}/v10${path}`, {
    headers: { authorization: `Bot ${token}`, 'user-agent': 'DiscordBot (popple doctor, 0.1.0)' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

async function read<T>(schema: z.ZodType<T>, response: Response): Promise<T> {
  if (!response.ok) throw new Error(`Discord responded ${response.status}`);
  return schema.parse(await response.json());
}

function intentFinding(flags: number, withContent: boolean): Finding {
  const check = 'Discord: Message Content intent';
  const granted = ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;
  if ((flags & granted) !== 0) return ok(check, 'switched on');
  if (!withContent) return ok(check, 'switched off, and MESSAGE_CONTENT=off needs none');
  return wrong(
    check,
    'switched off, so Discord refuses the connection (close code 4014)',
    'Open https://discord.com/developers/applications, page Bot, switch on Message Content Intent under Privileged Gateway Intents, and press Save Changes. Or set MESSAGE_CONTENT=off, and do without `alice++` in chat.',
  );
}

async function guildFindings(apiUrl: string, token: string, invite: string): Promise<Finding[]> {
  const guilds: z.output<typeof guildsSchema> = [];
  for (let after = '0'; ; ) {
    const page = await read(
      guildsSchema,
      await ask(apiUrl, token, `/users/@me/guilds?limit=${PAGE}&after=${after}`),
    );
    guilds.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) break;
    after = last.id;
  }
  if (guilds.length === 0) {
    const advice = `Open ${invite} and choose a server.`;
    return [wrong('Discord: servers', 'the bot is in no server', advice)];
  }
  const lacking = guilds.flatMap(({ id, name, permissions }): Finding[] => {
    const missing = missingPermissions(permissions);
    if (missing.length === 0) return [];
    const check = `Discord: permissions in ${printable(name)} (${id})`;
    const advice = `Give them to the bot's role in Server Settings, page Roles, or invite it again: ${invite}`;
    return [wrong(check, `without ${missing.join(', ')}`, advice)];
  });
  const well = guilds.length - lacking.length;
  const about = `${well} of ${guilds.length} grant every permission; a private channel needs the bot added to it`;
  return [...lacking, ok('Discord: servers', about)];
}

/**
 * Checks the token, the privileged intent, the permissions in each server, and the clock, at Discord's API at `apiUrl`
 * (without its version). Changes nothing. Never throws: what cannot be asked is a finding, too. Takes 10 s a request at
 * most.
 */
export async function checkDiscord({
  apiUrl,
  token,
  withContent = true,
}: {
  apiUrl: string;
  token: string;
  /** Whether the bot asks for the text of all messages. */
  withContent?: boolean;
}): Promise<DiscordCheckup> {
  const findings: Finding[] = [];
  let invite: string | undefined;
  try {
    const sentAtMs = Date.now();
    const response = await ask(apiUrl, token, '/users/@me');
    const oursMs = (sentAtMs + Date.now()) / 2;
    const theirsMs = Date.parse(response.headers.get('date') ?? '');
    if (response.status === 401) {
      const advice =
        'Copy it anew from https://discord.com/developers/applications, page Bot, button Reset Token.';
      findings.push(wrong('Discord: token', 'Discord refuses DISCORD_TOKEN', advice));
    } else {
      const user = await read(userSchema, response);
      findings.push(ok('Discord: token', `it is ${printable(user.username)} (${user.id})`));
    }
    if (!Number.isNaN(theirsMs)) findings.push(clockFinding('Discord: clock', { theirsMs, oursMs }));
    if (response.status !== 401) {
      const application = await read(applicationSchema, await ask(apiUrl, token, '/applications/@me'));
      invite = inviteLink(application.id, apiUrl);
      findings.push(
        intentFinding(application.flags, withContent),
        ...(await guildFindings(apiUrl, token, invite)),
      );
    }
  } catch (error) {
    const reason =
      error instanceof z.ZodError || error instanceof SyntaxError
        ? `${apiUrl} does not answer as Discord's API does`
        : `cannot ask ${apiUrl}: ${describeError(error)}`;
    const advice = 'Check the network, https://discordstatus.com, and DISCORD_API_URL where it is set.';
    findings.push(wrong('Discord: API', reason, advice));
  }
  return { findings, invite };
}
