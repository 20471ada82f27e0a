import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import type { UndoDeleted } from '@popple/shared/contract/request';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';
import type { HarmlessMessages } from './harmless-messages';
import type { Outbox } from './outbox';

/** Messages of one channel that were deleted. */
export interface Deletion {
  guildId: string;
  channelId: string;
  messageIds: readonly string[];
}

/** Handles a deletion: resolves when what it asks for is in the stream; undefined when it asks for nothing. */
export type HandleDeletion = (deletion: Deletion) => Promise<void> | undefined;

export interface DeletionHandlerOptions {
  outbox: Pick<Outbox, 'add'>;
  /** Messages whose deletion changes nothing. */
  harmless: Pick<HarmlessMessages, 'has'>;
  now?: () => number;
}

/**
 * Asks for what deleted messages changed to be taken back. Discord does not say when a message was deleted: the time is that at
 * which the bot is notified. Bots that are notified at different times publish the same id, and the first of them is taken.
 */
export function makeDeletionHandler({
  outbox,
  harmless,
  now = Date.now,
}: DeletionHandlerOptions): HandleDeletion {
  const toRequest = (messageId: string, { guildId, channelId }: Deletion): UndoDeleted => ({
    v: CONTRACT_VERSION,
    id: `deletion.${messageId}`,
    at: now(),
    guildId,
    origin: { kind: 'deletion', channelId, messageId },
    kind: 'undo-deleted',
    writtenAt: snowflakeTimeMs(messageId),
  });
  return (deletion) => {
    const unknown = deletion.messageIds.filter((id) => !harmless.has(id));
    if (unknown.length === 0) return undefined;
    return Promise.all(unknown.map((id) => outbox.add(toRequest(id, deletion)))).then(() => undefined);
  };
}
