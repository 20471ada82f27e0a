import type { GatewayDispatchEvents, GatewayDispatchPayload } from 'discord-api-types/v10';

/** What Discord's types say that an event carries. */
export type DispatchData<Event extends GatewayDispatchEvents> = Extract<
  GatewayDispatchPayload,
  { t: Event }
>['d'];

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

/** A dispatch whose payloads are what Discord's types say that this event carries: the compiler holds it to them. */
export function typedDispatch<Event extends GatewayDispatchEvents>(
  event: Event,
  guildId: string | null,
  intents: number,
  payload: () => DispatchData<Event>,
  payloadWithoutContent: (() => DispatchData<Event>) | null = null,
): Dispatch {
  return new Dispatch(event, guildId, intents, payload, payloadWithoutContent);
}
