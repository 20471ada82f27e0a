import { type Reading, readMessage } from '@popple/bot/intake/read-message';
import { encode } from '@popple/shared/messaging/codec';
import { requestSubject } from '@popple/shared/messaging/subjects';
import { STREAMS } from '@popple/shared/messaging/topology';
import { messageEventPayload } from '../discord/payload/message';
import type { World } from '../discord/world/world';
import type { TestPart } from '../testing/part';
import { type Book, isRequest, type Said } from './book';
import type { Observer } from './observer';

const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 50;

/**
 * Reads back what was said while there was no bot, as long as the bot does not do that itself.
 *
 * A bot that starts anew gets a new gateway session and never hears what was said before; what its predecessor had read
 * and not published died with it. This publishes the requests that those messages ask for, read by the bot's own code,
 * under the same ids. Nothing of it is done for a bot that lived through everything: what that one loses stays lost, and
 * is found. With the bot as a full victim (--bot-victim) there is no stand-in at all.
 */
export class ReadBackStandIn {
  readonly #observer: Observer;
  readonly #world: World;
  readonly #book: Book;
  readonly #stored = new Set<string>();
  #nextSequence = 1;
  #turn: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | undefined;
  /** How many requests it published. */
  readBack = 0;

  constructor(observer: Observer, world: World, book: Book) {
    this.#observer = observer;
    this.#world = world;
    this.#book = book;
  }

  /** Reads back for a bot that was just started, once it is ready; not at all if it ends before. */
  follow(bot: TestPart): void {
    this.#turn = this.#turn
      .then(async () => {
        if (await this.#isReadyBeforeItsEnd(bot)) await this.#catchUp();
      })
      .catch((error: unknown) => {
        this.#failure ??= { error };
      });
  }

  /** Resolves when everything was read back for every bot there was. @throws when that could not be done. */
  async done(): Promise<void> {
    await this.#turn;
    if (this.#failure) throw this.#failure.error;
  }

  // What was said up to this moment and is not in the stream yet. Of that, what the living bot still holds comes twice.
  async #catchUp(): Promise<void> {
    const said = [...this.#book.said.values()];
    for (const { sequence, id } of await this.#observer.entries(
      STREAMS.requests,
      this.#nextSequence,
      PATIENCE_MS,
    )) {
      this.#nextSequence = sequence + 1;
      this.#stored.add(id);
    }
    for (const entry of said) {
      if (!isRequest(entry.effect) || this.#stored.has(entry.id)) continue;
      const reading = this.#read(entry);
      if (reading === undefined || !('request' in reading)) {
        throw new Error(`the bot reads no request in "${entry.content}"`);
      }
      const { request } = reading;
      await this.#observer.publish(requestSubject(request), encode(request), request.id, PATIENCE_MS);
      this.#stored.add(entry.id);
      this.readBack += 1;
    }
  }

  #read({ channelId, id }: Said): Reading {
    const message = this.#world.message(channelId, id);
    if (message === undefined) throw new Error(`message ${id} is not there any more`);
    const { bot } = this.#world;
    const identity = { id: bot.id, names: [bot.username, bot.displayName] };
    return readMessage(messageEventPayload(this.#world, message), { identity, startedAtMs: 0 });
  }

  async #isReadyBeforeItsEnd(bot: TestPart): Promise<boolean> {
    let hasEnded = false;
    void bot.exited.then(() => {
      hasEnded = true;
    });
    while (!hasEnded) {
      const isReady = await bot.readiness().then(
        ({ ready }) => ready,
        () => false,
      );
      if (isReady && this.#world.botOnline) return true;
      await Bun.sleep(LOOK_EVERY_MS);
    }
    return false;
  }
}
