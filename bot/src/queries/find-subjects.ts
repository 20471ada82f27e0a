import { MAX_FOUND_SUBJECTS, MAX_SUBJECT_LENGTH } from '@popple/shared/contract/limits';
import { QUERY_VERSION } from '@popple/shared/contract/query';
import { ask } from '@popple/shared/messaging/ask';
import type { NatsConnection } from 'nats';
import { subjectKey } from '../chat/subjects/subject';
import { queriesAsked } from './metrics';

/** What a member has typed of a subject's name. */
export interface TypedName {
  guildId: string;
  text: string;
}

/**
 * The subjects of a server, members aside, with a text in their name, as they are displayed: those that begin with it
 * first, 25 at most. For suggestions while somebody types: empty on any failure, within a second. Never rejects.
 */
export async function findSubjects(
  connection: NatsConnection,
  { guildId, text }: TypedName,
): Promise<string[]> {
  const key = subjectKey(text);
  // No name is longer, so none has it in it.
  if (key.length > MAX_SUBJECT_LENGTH) return [];
  const asked = await ask<'find-subjects'>(connection, {
    v: QUERY_VERSION,
    kind: 'find-subjects',
    guildId,
    text: key,
    limit: MAX_FOUND_SUBJECTS,
  });
  queriesAsked.inc({ kind: 'find-subjects', outcome: asked.ok ? 'answered' : asked.reason });
  return asked.ok ? asked.response.displays : [];
}
