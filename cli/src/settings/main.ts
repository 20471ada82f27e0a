import type { Values } from '@popple/shared/config/environment';
import { VARIABLES } from '@popple/shared/config/variables';
import { QUERY_VERSION } from '@popple/shared/contract/query';
import type { Preset } from '@popple/shared/contract/rule-settings';
import { SETTING_KEYS, SETTINGS, type SettingKey, type SettingValue } from '@popple/shared/contract/setting';
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
import { describeValues, parseSettingsArguments, type SettingsArguments } from './arguments';
import { settingsText, settingViews, valueText } from './settings-text';

const KEYS = SETTING_KEYS.map((key) => {
  const { about, fallback } = SETTINGS[key];
  return `  ${key.padEnd(19)} ${about}: ${describeValues(key)} (default: ${valueText(fallback)})`;
}).join('\n');

const HELP = `Shows and changes the settings of a server.

Usage: bun run popple settings <server> [list]
       bun run popple settings <server> set <setting> <value>
       bun run popple settings <server> unset <setting>

  <server>  its id: with Developer Mode on, Discord's menu of a server has "Copy Server ID"
  list      shows every setting, as svc has it
  set       chooses a value, as members who may manage the server can in chat; the latest choice holds
  unset     takes the choice back: the default holds again
  --json    prints the result as one line of JSON instead

Settings:
${KEYS}

The defaults of rules depend on the preset that a server has chosen, or else on RULES_PRESET.

A choice is a request like those of the bot: it is stored, and applied when svc takes it, within ${APPLY_DEADLINE_MS / 1_000} s or later.

Exit codes: 0 done; 1 failed; 2 the command line is wrong; 3 stored, and not applied yet.`;

const variables = { NATS_URL: VARIABLES.NATS_URL, RULES_PRESET: VARIABLES.RULES_PRESET };

/** @throws OperatorError when no svc responds. */
async function list(
  run: ToolRun,
  { connection }: JetStream,
  guildId: string,
  preset: Preset,
): Promise<number> {
  const query = { v: QUERY_VERSION, kind: 'list-settings', guildId } as const;
  const what = 'The settings cannot be read, because svc has them and does not respond';
  const { settings: chosen } = await askSvc<'list-settings'>(connection, query, what);
  const settings = settingViews(chosen, preset);
  run.print(settingsText(settings));
  run.answer({ guildId, settings });
  return EXIT.done;
}

/** A choice to make for a server; null takes it back. */
interface Choice {
  guildId: string;
  key: SettingKey;
  value: SettingValue | null;
}

async function choose(run: ToolRun, jetStream: JetStream, { guildId, key, value }: Choice): Promise<number> {
  const request = { ...operatorEnvelope(guildId), kind: 'change-setting', key, value } as const;
  const isApplied = (await publishAndWait(jetStream, request, run.signal)) !== undefined;
  run.answer({ guildId, key, value, requestId: request.id, isApplied });
  if (isApplied) {
    const words = value === null ? 'back to its default' : valueText(value);
    run.print(`${key} of server ${guildId} is ${words}\n`);
    return EXIT.done;
  }
  run.say(notAppliedYet(request));
  return EXIT.incomplete;
}

async function main(
  run: ToolRun,
  args: SettingsArguments,
  config: Values<typeof variables>,
): Promise<number> {
  const jetStream = await connectJetStream(run, config.NATS_URL, 'popple-settings');
  const { guildId } = args;
  switch (args.command) {
    case 'list':
      return await list(run, jetStream, guildId, config.RULES_PRESET);
    case 'set':
      return await choose(run, jetStream, { guildId, key: args.key, value: args.value });
    case 'unset':
      return await choose(run, jetStream, { guildId, key: args.key, value: null });
  }
}

await runTool({ help: HELP, variables, parse: parseSettingsArguments, main });
