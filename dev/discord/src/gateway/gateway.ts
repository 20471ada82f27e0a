import type { Records } from '../records';
import type { Settings } from '../settings';
import type { World } from '../world/world';
import { Connection, type GatewaySocket } from './connection';
import type { GatewayContext } from './context';
import { dispatchesOf } from './dispatches';
import { IdentifyLimit } from './identify-limit';
import { Sessions } from './sessions';

/** The gateway: takes connections, and dispatches what changes in the world to their sessions. */
export class Gateway {
  readonly context: GatewayContext;
  readonly #connections = new Set<Connection>();
  readonly #unsubscribe: () => void;

  constructor(world: World, settings: Settings, records: Records) {
    const sessions = new Sessions(settings, (connected) => world.setBotOnline(connected > 0));
    const identifyLimit = new IdentifyLimit(settings);
    const closedIdentifies = { left: 0, code: 0 };
    this.context = {
      world,
      settings,
      records,
      sessions,
      identifyLimit,
      outages: new Set(),
      refuseResumes: 0,
      closedIdentifies,
    };
    this.#unsubscribe = world.onChange((change) => {
      for (const dispatch of dispatchesOf(world, change)) {
        if (this.context.outages.has(dispatch.guildId ?? '')) continue;
        records.counts.dispatches += sessions.dispatch(dispatch);
      }
    });
  }

  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /**
   * Greets a client. `gatewayUrl` is where it reached us, given to it for resuming; `version` is what it asked for.
   */
  open(socket: GatewaySocket, gatewayUrl: string, version: string | null): Connection {
    const connection = new Connection(socket, gatewayUrl, this.context);
    this.#connections.add(connection);
    connection.greet(version);
    return connection;
  }

  closed(connection: Connection, code: number): void {
    this.#connections.delete(connection);
    connection.closed(code);
  }

  stop(): void {
    this.#unsubscribe();
    for (const connection of this.#connections) connection.terminate();
    this.context.sessions.stop();
  }
}
