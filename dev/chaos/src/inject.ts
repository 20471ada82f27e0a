import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import { pause } from '@popple/shared/process/pause';
import { freezeBackend, inStatement, killBackend, terminate, terminateBackend } from './backends';
import type { Crowd } from './crowd';
import type { Fault, GatewayFault, PartName } from './fault';
import type { Model } from './model';
import { injectPoison } from './poison';
import type { ProcessSupervisor } from './process-supervisor';
import type { Stage } from './stage';

/** How long a worker may take to be dead before the statement it left behind is released. */
const DEATH_WITHIN_MS = 5_000;

/** With the bot's growing pauses between tries, each of two requests, these last well over a minute. */
const REFUSALS_PAST_NONCE = 18;

/** How long there is no worker before and while a volume is lost. */
const UNAPPLIED_MS = 3_000;

/** Enough for every bot that backfills, and few enough that the fault is over before the next. */
const UNREADABLE_TIMES = 4;

const CONSUMERS = {
  svc: [STREAMS.requests, DURABLES.svc],
  bot: [STREAMS.events, DURABLES.bot],
} as const;

/** What a fault is injected with, beside the stage. */
export interface InjectContext {
  readonly stage: Stage;
  readonly model: Model;
  readonly crowd: Crowd;
  /** Cuts what lasts short. */
  readonly signal: AbortSignal;
}

/** Whether a fault found its victim: a backend can only be hit while there is one. */
export type Hit = boolean;

function supervisorOf({ workers, bots }: Stage, { who, index }: PartName): ProcessSupervisor {
  const supervisor = (who === 'svc' ? workers : bots)[index];
  if (supervisor === undefined) throw new RangeError(`there is no ${who} ${index}`);
  return supervisor;
}

async function killServer(
  server: { kill(): Promise<void>; restart(): Promise<void> },
  downMs: number,
  signal: AbortSignal,
): Promise<Hit> {
  await server.kill();
  await pause(downMs, signal);
  await server.restart();
  return true;
}

async function freezeNats({ nats }: Stage, forMs: number, signal: AbortSignal): Promise<Hit> {
  await nats.freeze();
  await pause(forMs, signal);
  nats.resume();
  return true;
}

async function killInStatement(stage: Stage, worker: ProcessSupervisor, downMs: number): Promise<Hit> {
  let killing: Promise<void> | undefined;
  const hit = await inStatement(stage.databaseUrl, loudGuild(stage), async () => {
    const { process } = worker;
    killing = worker.kill(downMs);
    await Promise.race([process?.exited, Bun.sleep(DEATH_WITHIN_MS)]);
  });
  await killing;
  return hit;
}

function loudGuild({ topology }: Stage): string {
  return topology.places.find(({ profile }) => profile === 'loud')?.guildId ?? '';
}

async function injectLink(
  { stage, signal }: InjectContext,
  { link, whose, condition, forMs }: Extract<Fault, { kind: 'link' }>,
): Promise<Hit> {
  const proxies = stage.links[link].filter((_, index) => whose === 'all' || index === whose);
  if (condition === 'cut') {
    for (const proxy of proxies) proxy.cut();
    return true;
  }
  await Promise.all(proxies.map((proxy) => proxy[condition]()));
  await pause(forMs, signal);
  await Promise.all(proxies.map((proxy) => proxy.heal()));
  return true;
}

/** Longer than the bot relies on Discord to know a nonce: it has to look into the channel before it tries again. */
function injectLongDoubt({ discord, topology }: Stage, channel: number): Hit {
  const channelIds = topology.places.flatMap((place) => (place.profile === 'quiet' ? [] : place.channelIds));
  const match = `POST /channels/${channelIds[channel % channelIds.length]}/messages$`;
  discord.faults.rest({ match, drop: 'after-handling' });
  discord.faults.rest({ match, status: 503, times: REFUSALS_PAST_NONCE });
  return true;
}

function injectGateway({ discord }: Stage, what: GatewayFault): Hit {
  const { gateway } = discord.faults;
  switch (what) {
    case 'close-4000':
      gateway.close('all', 4000);
      break;
    case 'drop':
      gateway.dropConnections();
      break;
    case 'reconnect':
      gateway.sendReconnect();
      break;
    case 'invalid-session':
      gateway.invalidSession(false);
      break;
    case 'invalid-session-resumable':
      gateway.invalidSession(true);
      break;
    case 'silence':
      gateway.silence();
      break;
    case 'refuse-resume':
      gateway.refuseResume();
      gateway.dropConnections();
      break;
    case 'refuse-connections':
      gateway.refuseConnections(3);
      gateway.dropConnections();
      break;
  }
  return true;
}

/**
 * Makes every session unresumable, so that all servers are backfilled, while the history of a channel in which something
 * was said cannot be read. The other channels of its shard must not go without their backfill.
 */
function injectUnreadableChannel({ discord, topology }: Stage, guild: number, status: number): Hit {
  const { chatterId } = pick(topology.places, guild);
  discord.world.say({ channelId: chatterId, authorId: topology.people[0] ?? '', content: 'good morning' });
  discord.faults.rest({ match: `GET /channels/${chatterId}/messages`, status, times: UNREADABLE_TIMES });
  discord.faults.gateway.forgetSessions();
  discord.faults.gateway.dropConnections();
  return true;
}

function injectFlood({ stage, model, crowd }: InjectContext, channel: number, messages: number): Hit {
  const { topology } = stage;
  const place = topology.places.find(({ profile }) => profile === 'loud');
  if (place === undefined) return false;
  const channelId = pick(place.channelIds, channel);
  const ids = Array.from({ length: messages }, (_, index) => {
    const authorId = pick(topology.people, index);
    return crowd.say({
      guildId: place.guildId,
      channelId,
      authorId,
      content: 'flood++',
      effect: { kind: 'change', changes: [{ subject: 'flood', delta: 1 }] },
    }).id;
  });
  model.floods.push({ channelId, ids });
  return true;
}

/** The item that a number stands for, whatever the number. @throws RangeError when there is none. */
function pick<T>(items: readonly T[], number: number): T {
  const item = items[number % items.length];
  if (item === undefined) throw new RangeError('there is nothing to pick from');
  return item;
}

/** Lets a fault happen; resolves when it is over and its victim runs again, though maybe not ready yet. */
export async function inject(context: InjectContext, fault: Fault): Promise<Hit> {
  const { stage, model, signal } = context;
  switch (fault.kind) {
    case 'kill':
      if (fault.whom === 'nats') return killServer(stage.nats, fault.downMs, signal);
      if (fault.whom === 'postgres') return killServer(stage.postgres, fault.downMs, signal);
      await supervisorOf(stage, fault.whom).kill(fault.downMs);
      return true;
    case 'forget': {
      const { nats } = stage;
      const [stream, durable] = CONSUMERS[fault.side];
      const forgetful = {
        ...nats,
        kill: async () => {
          const hasForgotten = await nats.killForgetting(stream, durable);
          if (!hasForgotten) stage.timeline.note(`${durable} had made no progress that could be forgotten`);
        },
      };
      return killServer(forgetful, fault.downMs, signal);
    }
    case 'lose-volume': {
      const { nats } = stage;
      const losing = {
        ...nats,
        kill: async () => {
          await nats.lose();
          model.loseVolume();
        },
      };
      // What is said while there is no worker is in the stream and nowhere else when the volume goes.
      const killed = stage.workers.map((worker) => worker.kill(UNAPPLIED_MS));
      await pause(UNAPPLIED_MS / 2, signal);
      const hit = await killServer(losing, fault.downMs, signal);
      await Promise.all(killed);
      return hit;
    }
    case 'crash':
      await supervisorOf(stage, fault.whom).crash(fault.point, fault.pass, fault.downMs);
      return true;
    case 'kill-backend':
      return killBackend(stage.databaseUrl);
    case 'kill-in-statement':
      return killInStatement(stage, supervisorOf(stage, fault.whom), fault.downMs);
    case 'terminate-backend':
      if (!fault.inStatement) return terminateBackend(stage.databaseUrl);
      return inStatement(stage.databaseUrl, loudGuild(stage), (pid) => terminate(stage.databaseUrl, pid));
    case 'stop':
      if (fault.whom === 'nats') return freezeNats(stage, fault.forMs, signal);
      if (fault.whom === 'backend') return freezeBackend(stage.databaseUrl, fault.forMs, signal);
      await supervisorOf(stage, fault.whom).freeze(fault.forMs);
      return true;
    case 'link':
      return injectLink(context, fault);
    case 'rest':
      stage.discord.faults.rest(fault.fault);
      return true;
    case 'long-doubt':
      return injectLongDoubt(stage, fault.channel);
    case 'flood':
      return injectFlood(context, fault.channel, fault.messages);
    case 'outage': {
      const { guildId } = pick(stage.topology.places, fault.guild);
      stage.discord.faults.gateway.startOutage(guildId);
      await pause(fault.forMs, signal);
      stage.discord.faults.gateway.endOutage(guildId);
      return true;
    }
    case 'unreadable-channel':
      return injectUnreadableChannel(stage, fault.guild, fault.status);
    case 'gateway':
      return injectGateway(stage, fault.what);
    case 'poison':
      await injectPoison(stage.observer, model, stage.topology, fault.shape);
      return true;
  }
}
