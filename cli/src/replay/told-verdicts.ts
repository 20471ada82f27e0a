import type { ToldUndo, ToldUndos } from '@popple/db/queries/take-back';
import type { ChangeKarma } from '@popple/shared/contract/request';
import type { Verdict } from '@popple/shared/contract/verdict';
import { decodeEvent } from '@popple/shared/messaging/codec';
import { STREAMS } from '@popple/shared/messaging/topology';
import { type Reading, readStream, type StreamAccess } from '../streams/read-stream';

/** What members were told of the changes of a request; undefined when the request was never answered. */
export type ToldVerdicts = (request: ChangeKarma) => readonly Verdict[] | undefined;

/** What members were told. */
export interface Told {
  verdicts: ToldVerdicts;
  undos: ToldUndos;
}

/** Each change counted as it was asked for: an event does not say that of each. */
const AS_ASKED = 'as asked';

/**
 * The events of POPPLE_EVENTS that say what came of changes of karma and of undos: those that were published at `sinceMs` (milliseconds
 * since the Unix epoch) or later, in one server or in all.
 * @throws OperatorError when there is no such stream; NatsError when NATS cannot be asked.
 */
export function openTold(
  access: StreamAccess,
  { sinceMs, guildId }: { sinceMs: number; guildId: string | undefined },
): Promise<Reading> {
  const filterSubject = `popple.event.*.${guildId ?? '*'}`;
  return readStream(access, { stream: STREAMS.events, filterSubject, sinceMs });
}

/**
 * Reads such events. What a process of this release cannot read was told by a later one, and counts as never told. Keeps some
 * 100 bytes of each event in memory. Waits for as long as NATS is away.
 * @throws OperatorError when the stream was made anew meanwhile.
 */
export async function readTold(events: Reading): Promise<Told> {
  const told = new Map<string, readonly Verdict[] | typeof AS_ASKED>();
  const undos = new Map<string, ToldUndo>();
  for await (const batch of events.batches())
    for (const { data, subject } of batch) {
      const decoded = decodeEvent(data, subject);
      if (!decoded.ok) continue;
      const event = decoded.message;
      if (event.kind === 'karma-changed') told.set(event.id, event.verdicts ?? AS_ASKED);
      if (event.kind === 'karma-refused') told.set(event.id, event.verdicts);
      if (event.kind === 'undone')
        undos.set(event.id, event.undoes === undefined ? {} : { undoes: event.undoes });
    }
  return {
    verdicts: ({ id, changes }) => {
      const verdicts = told.get(id);
      return verdicts === AS_ASKED ? changes.map(({ delta }) => ({ delta })) : verdicts;
    },
    undos: (id) => undos.get(id),
  };
}
