import { ErrorCode, Events, type NatsConnection, NatsError } from 'nats';

/** What NATS knows of a bot. `unknown`: it is connected, or may be, and did not respond in time. */
export type Liveness = 'alive' | 'no-responders' | 'unknown';

/** Longer than a busy event loop takes; who takes longer is only unknown. */
const RESPONSE_TIMEOUT_MS = 500;

const CHANGED_SUBJECT = 'popple.bot.changed';

/** The subject that an instance serves for as long as it is connected. */
const aliveSubject = (instance: string) => `popple.bot.alive.${instance}`;

export interface AliveLineOptions {
  connection: NatsConnection;
  self: string;
}

/** What a bot does about the others. */
export interface AliveLineFollower {
  /** Called when another bot announces that leases have changed: slots are free, or a bot has come or gone. */
  onChanged(): void;
  /** Called when the connection to NATS is back after it was lost. */
  onReconnected(): void;
}

/**
 * How bots ask each other whether they are alive, by plain NATS requests: no stream takes part.
 *
 * A closed connection takes its subscriptions along, and a server answers a request to a subject without subscribers at
 * once ("no responders", status 503). So a process that was killed, and one that is cut off from NATS for longer than the
 * server's patience, is distinguished from one that is slow: the latter does not respond, but has a subscription still.
 *
 * In a NATS cluster, "no responders" means that the server asked knows of no subscriber on itself, nor of any on the
 * servers it has a route to. Interest reaches the other servers some milliseconds after a subscription is made, and is
 * forgotten when the route or the subscriber's server is lost. So an instance on the other side of a partition looks
 * gone; but leases are changed only where the majority is, and the instance on the other side can publish nothing. Who
 * believes it therefore asks more than once, and then compares and sets.
 */
export class AliveLine {
  readonly #connection: NatsConnection;
  readonly #self: string;
  #asked = 0;

  private constructor({ connection, self }: AliveLineOptions) {
    this.#connection = connection;
    this.#self = self;
  }

  /**
   * Serves this instance's subject until the connection is closed. It is served when this resolves, before any
   * other bot knows the id.
   * @throws NatsError when NATS cannot be reached.
   */
  static async open(options: AliveLineOptions): Promise<AliveLine> {
    const { connection, self } = options;
    connection.subscribe(aliveSubject(self), { callback: (_error, message) => void message?.respond() });
    await connection.flush();
    return new AliveLine(options);
  }

  /** Calls the follower from now on, until the connection is closed. */
  follow({ onChanged, onReconnected }: AliveLineFollower): void {
    this.#connection.subscribe(CHANGED_SUBJECT, {
      callback: (error, message) => {
        if (error === null && message.string() !== this.#self) onChanged();
      },
    });
    const watch = async () => {
      for await (const { type } of this.#connection.status()) if (type === Events.Reconnect) onReconnected();
    };
    void watch();
  }

  /** Asks whether a bot is alive; takes half a second at most. Never rejects. */
  async ask(instance: string): Promise<Liveness> {
    this.#asked += 1;
    try {
      // The response comes back on a subject of the bots' own: what a bot may publish to need not include any inbox.
      await this.#connection.request(aliveSubject(instance), undefined, {
        timeout: RESPONSE_TIMEOUT_MS,
        noMux: true,
        reply: `popple.bot.response.${this.#self}.${this.#asked}`,
      });
      return 'alive';
    } catch (error) {
      if (error instanceof NatsError && error.code === ErrorCode.NoResponders) return 'no-responders';
      return 'unknown';
    }
  }

  /** Announces to all other bots that leases have changed. It may be lost: they look at the leases every two seconds anyway. */
  announceChange(): void {
    if (!this.#connection.isClosed()) this.#connection.publish(CHANGED_SUBJECT, this.#self);
  }
}
