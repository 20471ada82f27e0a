import { printable } from '@popple/shared/operator/printable';
import type { MsgHdrs } from 'nats';
import type { Letter } from './letter';

function payloadText(data: Uint8Array): string {
  try {
    return JSON.stringify(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data)), null, 2);
  } catch {
    // Not JSON, or not even UTF-8: shown as the text it comes closest to. Its bytes stay as they are.
    return new TextDecoder().decode(data);
  }
}

/** What says how a letter was to be stored, and nothing about it. @see https://docs.nats.io/nats-concepts/jetstream/headers */
const STORING = /^Nats-Expected-/i;

/** One letter with its headers and its payload, JSON laid out in lines. Nothing in it can steer a terminal. */
export function fullText(letter: Letter, headers: MsgHdrs | undefined, data: Uint8Array): string {
  const about = [
    `dead letter ${letter.number}: ${letter.origin}, ${letter.reason}, ${letter.diedAt.toISOString()}`,
    ...(headers?.keys() ?? [])
      .filter((name) => !STORING.test(name))
      .flatMap((name) => headers?.values(name).map((value) => `${name}: ${value}`) ?? []),
  ];
  const payload = data.length === 0 ? '(no payload)' : printable(payloadText(data), true);
  return `${about.map((line) => printable(line)).join('\n')}\n\n${payload}\n`;
}
