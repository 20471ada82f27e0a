import { GatewayCloseCodes } from 'discord-api-types/v10';
import type { Settings } from '../settings';
import type { Dispatch } from './dispatch';
import { Session, type SessionLink } from './session';
import type { Shard } from './shard';

/** All sessions, connected or waiting to be resumed. A waiting one is forgotten after `sessionKeptMs`. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #expiries = new Map<string, ReturnType<typeof setTimeout>>();
  /** Still connected, but not to be resumed once that ends. */
  readonly #forgotten = new Set<string>();

  constructor(
    private readonly settings: Settings,
    private readonly onConnectedChange: (connected: number) => void,
  ) {}

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  create(shard: Shard, intents: number): Session {
    const session = new Session(shard, intents, this.settings);
    this.#sessions.set(session.id, session);
    return session;
  }

  /** A session that can be resumed. */
  resumable(id: string): Session | undefined {
    return this.#forgotten.has(id) ? undefined : this.#sessions.get(id);
  }

  attach(session: Session, link: SessionLink, codeForReplaced: number): void {
    clearTimeout(this.#expiries.get(session.id));
    this.#expiries.delete(session.id);
    session.attach(link, codeForReplaced);
    this.#countConnected();
  }

  /** Keeps a session for a RESUME after its connection was lost, unless it is over. */
  detach(session: Session, link: SessionLink, isOver: boolean): void {
    if (!session.detach(link)) return;
    if (isOver || this.#forgotten.has(session.id)) {
      this.end(session);
    } else if (this.#sessions.has(session.id)) {
      const timer = setTimeout(() => this.end(session), this.settings.sessionKeptMs);
      timer.unref();
      this.#expiries.set(session.id, timer);
    }
    this.#countConnected();
  }

  /** Ends a session, and the connection that it still has elsewhere. */
  end(session: Session): void {
    clearTimeout(this.#expiries.get(session.id));
    this.#expiries.delete(session.id);
    this.#forgotten.delete(session.id);
    this.#sessions.delete(session.id);
    if (!session.connected) return;
    session.disconnect(GatewayCloseCodes.UnknownError);
    this.#countConnected();
  }

  /** No session of now can be resumed any more. Those that are connected stay so. */
  forgetAll(): void {
    for (const session of this.#sessions.values()) {
      if (session.connected) this.#forgotten.add(session.id);
      else this.end(session);
    }
  }

  /** Dispatches to every session that wants it; returns to how many. */
  dispatch(dispatch: Dispatch): number {
    let told = 0;
    for (const session of this.#sessions.values()) {
      if (!session.wants(dispatch)) continue;
      session.dispatch(dispatch);
      told++;
    }
    return told;
  }

  stop(): void {
    for (const timer of this.#expiries.values()) clearTimeout(timer);
    this.#expiries.clear();
    this.#sessions.clear();
  }

  #countConnected(): void {
    let connected = 0;
    for (const session of this.#sessions.values()) if (session.connected) connected++;
    this.onConnectedChange(connected);
  }
}
