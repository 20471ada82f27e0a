import { STREAMS } from '@popple/shared/messaging/topology';
import { change, GUILD } from '@popple/svc/testing/requests';
import { headers } from 'nats';
import type { Rig } from '../../testing/rig';

export const SUBJECT = `popple.request.change-karma.${GUILD}`;

/** A letter as svc or bot writes it, of a message that its stream has forgotten. */
export async function deadLetter(
  rig: Rig,
  payload: string,
  about: Record<string, string>,
  reason = 'unknown-version',
) {
  const all = headers();
  for (const [name, value] of Object.entries(about)) all.set(name, value);
  const subject = `popple.dead.request.${reason}.${Bun.randomUUIDv7()}`;
  const { seq } = await rig.client.publish(subject, payload, { headers: all });
  return String(seq);
}

/** Dead-letters a request that svc can read (now). */
export async function deadLetterRequest(rig: Rig, request = change('alice')): Promise<string> {
  return deadLetter(rig, JSON.stringify(request), {
    'Popple-Subject': SUBJECT,
    'Popple-Stream': STREAMS.requests,
    'Popple-Sequence': '1',
    'Popple-Id': request.id,
  });
}

/** The lines of a table without its head. */
export const tableRows = (output: string) => output.trimEnd().split('\n').slice(1);
