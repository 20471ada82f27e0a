import type { Faults } from '../faults/faults';
import type { Gateway } from '../gateway/gateway';
import { sessionStatuses } from '../gateway/status';
import type { Records } from '../records';
import { changeSettings, type Settings } from '../settings';
import type { World } from '../world/world';
import {
  type ControlCommand,
  type ControlInteraction,
  type ControlMessage,
  type ControlRecords,
  type ControlResult,
  controlCommandSchema,
} from './control-contract';
import { interactionOf } from './invocation';
import { done, LocalError, type LocalRoute, parsed } from './local-route';

export interface ControlContext {
  readonly world: World;
  readonly settings: Settings;
  readonly faults: Faults;
  readonly records: Records;
  readonly gateway: Gateway;
}

/** The world, the faults and the records for other processes: see `control-contract.ts`. */
export function controlRoutes(context: ControlContext): LocalRoute[] {
  const { records, gateway } = context;
  return [
    {
      method: 'POST',
      path: '/_local/control',
      handle: ({ body }) => Response.json(execute(context, parsed(controlCommandSchema, body))),
    },
    {
      method: 'GET',
      path: '/_local/records',
      handle: () => {
        const { identifies, resumes, requests, counts } = records;
        const result = {
          identifies,
          resumes,
          requests,
          counts,
          sessions: sessionStatuses(gateway),
        } satisfies Readonlyish<ControlRecords>;
        return Response.json(result);
      },
    },
    {
      method: 'DELETE',
      path: '/_local/records',
      handle: () => {
        records.clear();
        return done();
      },
    },
  ];
}

/** The same, where lists and tuples may be readonly: they are only going to be written out. */
type Readonlyish<T> = T extends readonly unknown[]
  ? { readonly [Index in keyof T]: Readonlyish<T[Index]> }
  : T extends object
    ? { readonly [Key in keyof T]: Readonlyish<T[Key]> }
    : T;

type Result = Readonlyish<ControlResult<ControlCommand['do']>>;

function execute({ world, settings, faults }: ControlContext, command: ControlCommand): Result {
  switch (command.do) {
    case 'say':
      return world.say(command.message) satisfies Readonlyish<ControlMessage>;
    case 'say-many':
      return { ids: command.messages.map((message) => world.say(message).id) };
    case 'messages':
      if (!world.channel(command.channelId)) {
        throw new LocalError(404, `there is no channel ${command.channelId}`);
      }
      return world.messages(command.channelId, command);
    case 'add-guild':
      return { id: world.addGuild(command).id };
    case 'remove-guild':
      world.removeGuild(command.guildId);
      return {};
    case 'add-channel':
      return { id: world.addChannel(command).id };
    case 'add-member':
      return { id: world.addMember(command).id };
    case 'archive':
      world.archive(command.threadId);
      return {};
    case 'deny':
      world.deny(command.channelId, ...command.permissions);
      return {};
    case 'set-locale':
      world.setLocale(command.memberId, command.locale);
      return {};
    case 'set-guild-locale':
      world.setGuildLocale(command.guildId, command.locale);
      return {};
    case 'set-administrator':
      world.setAdministrator(command.guildId, command.memberId, command.isAdministrator);
      return {};
    case 'commands':
      return world.commands().map(({ id, type, name }) => ({ id, type, name }));
    case 'invoke':
      return { id: world.interactions.begin(interactionOf(world, command.invocation)).id };
    case 'interaction':
      return interactionStatus(world, command.id);
    case 'interaction-fault':
      faults.interactions.add(command.fault, command.times);
      return {};
    case 'settings':
      changeSettings(settings, command.change);
      return {};
    case 'rest-fault':
      faults.rest(command.fault);
      return {};
    case 'close':
      faults.gateway.close(command.target, command.code);
      return {};
    case 'drop-connections':
      faults.gateway.dropConnections(command.target);
      return {};
    case 'forget-sessions':
      faults.gateway.forgetSessions();
      return {};
    case 'refuse-resume':
      faults.gateway.refuseResume(command.times);
      return {};
    case 'reconnect':
      faults.gateway.sendReconnect(command.target);
      return {};
    case 'invalid-session':
      faults.gateway.invalidSession(command.resumable, command.target);
      return {};
    case 'silence':
      faults.gateway.silence(command.target);
      return {};
    case 'start-outage':
      faults.gateway.startOutage(command.guildId);
      return {};
    case 'end-outage':
      faults.gateway.endOutage(command.guildId);
      return {};
    case 'refuse-connections':
      faults.gateway.refuseConnections(command.times);
      return {};
    case 'clear-faults':
      faults.clear();
      return {};
  }
}

function interactionStatus(world: World, interactionId: string): Readonlyish<ControlInteraction> {
  const interaction = world.interactions.find(interactionId);
  if (!interaction) throw new LocalError(404, `there is no interaction ${interactionId}, or not any more`);
  const { id, type, userId, state, answer, original, followUps } = interaction;
  return { id, type, userId, state, answerType: answer?.type ?? null, original, followUps };
}
