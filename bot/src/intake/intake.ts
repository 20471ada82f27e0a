import type { GatewayMessageCreateDispatchData } from 'discord.js';
import { NatsError } from 'nats';
import type { EventLoopContext } from '../answers/event-loop';
import { sayOwnWords } from '../answers/own-words';
import type { BotIdentity } from '../chat/parse-message';
import { messagesRead } from '../metrics';
import type { Intake } from '../presence/slot-session';
import type { Outbox } from './outbox';
import { type Reader, readMessage } from './read-message';

/** How the bot is addressed. */
export function identityOf(user: { id: string; username: string; global_name: string | null }): BotIdentity {
  return {
    id: user.id,
    names: user.global_name === null ? [user.username] : [user.username, user.global_name],
  };
}

export interface IntakeOptions {
  reader: Reader;
  outbox: Outbox;
  context: EventLoopContext;
  /** Called after each request that was put into the outbox. */
  onAdded(): void;
  fail(error: unknown): void;
}

/** Takes messages from wherever they come: live, replayed on a resume, or read back. */
export function makeIntake({ reader, outbox, context, onAdded, fail }: IntakeOptions): Intake {
  return (message: GatewayMessageCreateDispatchData) => {
    messagesRead.inc();
    const reading = readMessage(message, reader);
    if (reading === undefined) return undefined;
    if ('request' in reading) {
      const stored = outbox.add(reading.request);
      onAdded();
      return stored;
    }
    // Not awaited: an answer that waits for Discord must not keep requests from being written down as dealt with.
    const { outgoing } = reading;
    context.lanes
      .run(outgoing.channelId, () => sayOwnWords(context, outgoing))
      .catch((error: unknown) => {
        if (error instanceof NatsError) context.log.warn(`could not answer by myself: ${error.message}`);
        else fail(error);
      });
    return undefined;
  };
}
