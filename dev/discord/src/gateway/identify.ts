import {
  type APIUnavailableGuild,
  GatewayCloseCodes,
  GatewayDispatchEvents,
  GatewayIntentBits,
  type GatewayReadyDispatchData,
} from 'discord-api-types/v10';
import { applicationFlags } from '../payload/content';
import { userPayload } from '../payload/user';
import type { GatewayContext } from './context';
import { guildCreated } from './dispatches';
import { identifySchema, invalidSessionFrame } from './frames';
import type { GreetedConnection, Session } from './session';
import { isValidShard, type Shard, shardOf } from './shard';

const KNOWN_INTENTS = Object.values(GatewayIntentBits)
  .filter((bit) => typeof bit === 'number')
  .reduce((all, bit) => all | bit, 0);

const PRIVILEGED_INTENTS =
  GatewayIntentBits.GuildMembers | GatewayIntentBits.GuildPresences | GatewayIntentBits.MessageContent;

/** Starts a session: READY, then the guilds of the shard. Returns the close code when it is refused with one. */
export function identify(
  context: GatewayContext,
  connection: GreetedConnection,
  data: unknown,
): GatewayCloseCodes | null {
  const parsed = identifySchema.safeParse(data);
  if (!parsed.success) return GatewayCloseCodes.DecodeError;
  const { token, intents, shard = [0, 1] } = parsed.data;
  const record = { atMs: Date.now(), shard, intents };

  const refusal = refuse(context, token, intents, shard);
  if (refusal !== null) {
    context.records.identify({ ...record, outcome: refusal, sessionId: null });
    return refusal;
  }
  switch (context.identifyLimit.take(shard[0], record.atMs)) {
    case 'too-soon':
      context.records.identify({ ...record, outcome: 'rate-limited', sessionId: null });
      connection.send(invalidSessionFrame(false));
      return null;
    case 'none-left':
      // Discord resets the token then. This one is no secret, so it stays, but is worth nothing until the day is over.
      context.records.identify({
        ...record,
        outcome: GatewayCloseCodes.AuthenticationFailed,
        sessionId: null,
      });
      context.sessions.forgetAll();
      return GatewayCloseCodes.AuthenticationFailed;
    case 'ok': {
      const { closedIdentifies } = context;
      if (closedIdentifies.left > 0) {
        closedIdentifies.left--;
        context.records.identify({ ...record, outcome: closedIdentifies.code, sessionId: null });
        return closedIdentifies.code;
      }
      const session = context.sessions.create(shard, intents);
      connection.join(session);
      context.records.identify({ ...record, outcome: 'ready', sessionId: session.id });
      welcome(context, connection, session);
      return null;
    }
  }
}

function refuse(
  { world, settings }: GatewayContext,
  token: string,
  intents: number,
  shard: Shard,
): GatewayCloseCodes | null {
  if (token !== settings.token) return GatewayCloseCodes.AuthenticationFailed;
  if (!Number.isInteger(intents) || (intents & ~KNOWN_INTENTS) !== 0) return GatewayCloseCodes.InvalidIntents;
  if ((intents & PRIVILEGED_INTENTS & ~settings.privilegedIntents) !== 0) {
    return GatewayCloseCodes.DisallowedIntents;
  }
  if (!isValidShard(shard)) return GatewayCloseCodes.InvalidShard;
  if (world.guildCount <= settings.maxGuildsPerShard) return null;
  const guilds = world.guilds().filter((guild) => shardOf(guild.id, shard[1]) === shard[0]);
  return guilds.length > settings.maxGuildsPerShard ? GatewayCloseCodes.ShardingRequired : null;
}

function welcome(
  { world, settings, outages }: GatewayContext,
  connection: GreetedConnection,
  session: Session,
): void {
  const [shardId, shardCount] = session.shard;
  const guilds = world.guilds().filter((guild) => shardOf(guild.id, shardCount) === shardId);
  const flags = applicationFlags(settings);
  const ready: GatewayReadyDispatchData = {
    v: 10,
    user: userPayload(world.bot),
    guilds: guilds.map(({ id }): APIUnavailableGuild => ({ id, unavailable: true })),
    session_id: session.id,
    resume_gateway_url: connection.gatewayUrl,
    shard: [shardId, shardCount],
    application: { id: world.botId, flags, flags_new: String(flags) },
  };
  session.tell(GatewayDispatchEvents.Ready, JSON.stringify(ready));
  for (const guild of guilds) {
    if (outages.has(guild.id)) continue;
    const dispatch = guildCreated(world, guild);
    if (session.wants(dispatch)) session.dispatch(dispatch);
  }
}
