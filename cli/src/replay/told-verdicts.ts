import type { ToldKarma } from '@popple/db/queries/moderation';
import type { ToldUndo } from '@popple/db/queries/take-back';
import type { ChangeKarma } from '@popple/shared/contract/request';
import type { Verdict } from '@popple/shared/contract/verdict';
import { decodeEvent } from '@popple/shared/messaging/codec';
import { STREAMS } from '@popple/shared/messaging/topology';
import type { Told as ToldToHandlers } from '@popple/svc/requests/handlers';
import { type Reading, readStream, type StreamAccess } from '../streams/read-stream';

/** What members were told of the changes of a request; undefined when the request was never answered. */
export type ToldVerdicts = (request: ChangeKarma) => readonly Verdict[] | undefined;

/** What members were told. */
export interface Told extends ToldToHandlers {
  verdicts: ToldVerdicts;
}

/** Each change counted as it was asked for: an event does not say that of each. */
const AS_ASKED = 'as asked';

/**
 * The events of POPPLE_EVENTS that say what came of changes of karma, of undos, and of merges and removals of subjects: those that
 * were published at `sinceMs` (milliseconds since the Unix epoch) or later, in one server or in all.
 * @throws OperatorError when there is no such stream; NatsError when NATS cannot be asked.
 */
export function openTold(
  access: StreamAccess,
  { sinceMs, guildId }: { sinceMs: number; guildId: string | undefined },
): Promise<Reading> {
  const filterSubject = `popple.event.*.${guildId ?? '*'}`;
  return readStream(access, { stream: STREAMS.events, filterSubject, sinceMs });
}

const toldKarma = (karma: string | undefined): ToldKarma => (karma === undefined ? {} : { karma });

/**
 * Reads such events. What a process of this release cannot read was told by a later one, and counts as never told. Keeps some
 * 100 bytes of each event in memory. Waits for as long as NATS is away.
 * @throws OperatorError when the stream was made anew meanwhile.
 */
export async function readTold(events: Reading): Promise<Told> {
  const told = new Map<string, readonly Verdict[] | typeof AS_ASKED>();
  const undos = new Map<string, ToldUndo>();
  const karmas = new Map<string, ToldKarma>();
  for await (const batch of events.batches())
    for (const { data, subject } of batch) {
      const decoded = decodeEvent(data, subject);
      if (!decoded.ok) continue;
      const event = decoded.message;
      if (event.kind === 'karma-changed') told.set(event.id, event.verdicts ?? AS_ASKED);
      if (event.kind === 'karma-refused') told.set(event.id, event.verdicts);
      if (event.kind === 'undone')
        undos.set(event.id, event.undoes === undefined ? {} : { undoes: event.undoes });
      if (event.kind === 'merged') karmas.set(event.id, toldKarma(event.moved));
      if (event.kind === 'removed') karmas.set(event.id, toldKarma(event.karma));
    }
  return {
    verdicts: ({ id, changes }) => {
      const verdicts = told.get(id);
      return verdicts === AS_ASKED ? changes.map(({ delta }) => ({ delta })) : verdicts;
    },
    undos: (id) => undos.get(id),
    karmas: (id) => karmas.get(id),
  };
}
