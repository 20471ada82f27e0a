import { GatewayDispatchEvents, GatewayIntentBits } from 'discord-api-types/v10';
import { oddJson } from '../payload/oddities';
import type { Settings } from '../settings';
import type { Dispatch } from './dispatch';
import { dispatchFrame } from './frames';
import { ReplayBuffer } from './replay-buffer';
import { type Shard, shardOf } from './shard';

/** What a session needs of the connection it speaks through. */
export interface SessionLink {
  send(frame: string): void;
  close(code: number): void;
}

/** What IDENTIFY and RESUME need of the connection that they arrive on. */
export interface GreetedConnection extends SessionLink {
  readonly gatewayUrl: string;
  /** Makes this the connection of a session. */
  join(session: Session): void;
  /** Leaves the connection without a session, and the session without a future. */
  endSession(): void;
}

/**
 * One gateway session: what a client identified as, and what was dispatched to it. It outlives its connections: what is
 * dispatched while none is attached waits in the buffer for a RESUME.
 */
export class Session {
  readonly id = crypto.randomUUID().replaceAll('-', '');
  readonly #buffer: ReplayBuffer;
  #link: SessionLink | null = null;

  constructor(
    readonly shard: Shard,
    readonly intents: number,
    private readonly settings: Pick<Settings, 'replayLimit' | 'oddities'>,
  ) {
    this.#buffer = new ReplayBuffer(settings.replayLimit);
  }

  /** The sequence of the newest dispatch. */
  get sequence(): number {
    return this.#buffer.sequence;
  }

  get connected(): boolean {
    return this.#link !== null;
  }

  /** Speaks through this connection from now on. One that was attached before is closed: it has been replaced. */
  attach(link: SessionLink, codeForReplaced: number): void {
    const replaced = this.#link;
    this.#link = link;
    replaced?.close(codeForReplaced);
  }

  /** Forgets a connection that is gone; false when another has taken its place. */
  detach(link: SessionLink): boolean {
    if (this.#link !== link) return false;
    this.#link = null;
    return true;
  }

  /** Closes the connection that it has, if any: the session is over. */
  disconnect(code: number): void {
    const link = this.#link;
    this.#link = null;
    link?.close(code);
  }

  wants(dispatch: Dispatch): boolean {
    if (dispatch.intents !== 0 && (this.intents & dispatch.intents) === 0) return false;
    return shardOf(dispatch.guildId, this.shard[1]) === this.shard[0];
  }

  dispatch(dispatch: Dispatch): void {
    const withContent = (this.intents & GatewayIntentBits.MessageContent) !== 0;
    this.tell(dispatch.event, dispatch.json(withContent));
  }

  /** Dispatches an event to this session alone; the payload is JSON already. */
  tell(event: GatewayDispatchEvents, json: string): void {
    const sequence = this.#buffer.sequence + 1;
    const frame = dispatchFrame(event, sequence, oddJson(json, this.settings.oddities));
    this.#buffer.add(sequence, frame);
    this.#link?.send(frame);
  }

  /**
   * Sends again what came after a sequence, then RESUMED. Returns how many events that were, or null when some are no
   * longer kept.
   */
  replay(link: SessionLink, afterSequence: number): number | null {
    const frames = this.#buffer.since(afterSequence);
    if (!frames) return null;
    for (const frame of frames) link.send(frame);
    this.tell(GatewayDispatchEvents.Resumed, '{}');
    return frames.length;
  }
}
