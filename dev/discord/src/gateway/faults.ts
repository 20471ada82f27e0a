import type { Connection } from './connection';
import { guildCreated, guildUnavailable } from './dispatches';
import { invalidSessionFrame, RECONNECT_FRAME } from './frames';
import type { Gateway } from './gateway';

/** Whom a fault strikes: the connection of one session, by its id, or every connection. */
export type FaultTarget = string | 'all';

/** What can go wrong between a bot and the gateway, on demand. Each strikes what is connected now, and only that. */
export class GatewayFaults {
  #refusedConnections = 0;

  constructor(private readonly gateway: Gateway) {}

  /** Closes with a code. The session can be resumed afterwards, whatever the code. */
  close(target: FaultTarget, code: number): void {
    for (const connection of this.#struck(target)) connection.close(code);
  }

  /** Cuts connections without a close frame. */
  dropConnections(target: FaultTarget = 'all'): void {
    for (const connection of this.#struck(target)) connection.terminate();
  }

  /** Makes every session of now unresumable. Connections stay. */
  forgetSessions(): void {
    this.gateway.context.sessions.forgetAll();
  }

  /** Answers the next RESUMEs with op 9, `d: false`. */
  refuseResume(times = 1): void {
    this.gateway.context.refuseResumes = times;
  }

  /** Closes the connections of the next IDENTIFYs with a code instead of READY. */
  closeOnIdentify(code: number, times = 1): void {
    this.gateway.context.closedIdentifies = { left: times, code };
  }

  /** Op 7: asks clients to reconnect and resume. */
  sendReconnect(target: FaultTarget = 'all'): void {
    for (const connection of this.#struck(target)) connection.send(RECONNECT_FRAME);
  }

  /** Op 9. One that is not resumable ends the session; one that is leaves the client to RESUME on the same connection. */
  invalidSession(resumable: boolean, target: FaultTarget = 'all'): void {
    for (const connection of this.#struck(target)) {
      connection.send(invalidSessionFrame(resumable));
      if (resumable) connection.leaveSession();
      else connection.endSession();
    }
  }

  /** Makes zombies: they stay open, but nothing is acknowledged or dispatched on them any more. */
  silence(target: FaultTarget = 'all'): void {
    for (const connection of this.#struck(target)) connection.silence();
  }

  /** Puts a server into an outage until `endOutage`: sends GUILD_DELETE; READY still names it, and REST goes on. */
  startOutage(guildId: string): void {
    const { outages, sessions } = this.gateway.context;
    if (outages.has(guildId)) return;
    outages.add(guildId);
    sessions.dispatch(guildUnavailable(guildId));
  }

  /** Ends the outage: sends GUILD_CREATE. */
  endOutage(guildId: string): void {
    const { outages, sessions, world } = this.gateway.context;
    if (!outages.delete(guildId)) return;
    const guild = world.guild(guildId);
    if (guild) sessions.dispatch(guildCreated(world, guild));
  }

  /** Refuses the next websocket connections with HTTP 503. */
  refuseConnections(times = 1): void {
    this.#refusedConnections = times;
  }

  /** Whether the connection that is being opened is one of the refused; counts it. */
  takeRefusedConnection(): boolean {
    if (this.#refusedConnections === 0) return false;
    this.#refusedConnections--;
    return true;
  }

  /** No refusals are pending any more, and every server can be used. */
  clear(): void {
    for (const guildId of [...this.gateway.context.outages]) this.endOutage(guildId);
    this.#refusedConnections = 0;
    this.gateway.context.refuseResumes = 0;
    this.gateway.context.closedIdentifies.left = 0;
  }

  #struck(target: FaultTarget): Connection[] {
    return [...this.gateway.connections].filter(({ session }) => target === 'all' || session?.id === target);
  }
}
