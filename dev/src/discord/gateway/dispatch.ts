import type { GatewayDispatchEvents } from 'discord-api-types/v10';

/** One event on its way to every session that wants it. Each form of its payload is serialized at most once. */
export class Dispatch {
  #json: string | undefined;
  #jsonWithoutContent: string | undefined;

  constructor(
    readonly event: GatewayDispatchEvents,
    /** Null goes to the first shard. */
    readonly guildId: string | null,
    /** A session needs one of these bits; 0 needs none. */
    readonly intents: number,
    private readonly payload: () => unknown,
    /** Given for what is empty to those without the Message Content intent. */
    private readonly payloadWithoutContent: (() => unknown) | null = null,
  ) {}

  json(withContent: boolean): string {
    if (withContent || this.payloadWithoutContent === null) {
      this.#json ??= JSON.stringify(this.payload());
      return this.#json;
    }
    this.#jsonWithoutContent ??= JSON.stringify(this.payloadWithoutContent());
    return this.#jsonWithoutContent;
  }
}
