import type { ChatPart } from '../../src/chat-contract';

/** What is known of Popple's parts; undefined where nobody tells. */
export type Parts = readonly ChatPart[] | undefined;

const LABELS: Readonly<Record<ChatPart['name'], string>> = {
  bot: 'bot',
  svc: 'svc',
  nats: 'NATS',
  postgres: 'Postgres',
};

/** What a member notices of a part that does not work. */
const MEANWHILE: Readonly<Record<ChatPart['name'], string>> = {
  bot: 'what is said is read and answered when it is back',
  svc: 'karma waits and is counted when it is back',
  nats: 'bot keeps what it reads until NATS is back',
  postgres: 'karma waits and is counted when it is back',
};

const STATES: Readonly<Record<ChatPart['state'], string>> = {
  ready: 'ready',
  starting: 'starting',
  'not-ready': 'not ready',
  down: 'not running',
};

/** A part's name, as the documentation writes it. */
export function partLabel({ name }: ChatPart): string {
  return LABELS[name];
}

/** A part's state in words, with what is wrong. */
export function partState({ state, detail }: ChatPart): string {
  return detail === '' ? STATES[state] : `${STATES[state]} (${detail})`;
}

/**
 * A sentence for each part that keeps members waiting. Where one does not run at all, that is why others are not ready,
 * and they are left out.
 */
export function troubles(parts: Parts): string[] {
  const wrong = (parts ?? []).filter(({ state }) => state !== 'ready');
  const absent = wrong.filter(({ state }) => state !== 'not-ready');
  return (absent.length > 0 ? absent : wrong).map((part) => {
    const state = part.state === 'not-ready' ? partState(part) : STATES[part.state];
    return `${partLabel(part)} is ${state}: ${MEANWHILE[part.name]}.`;
  });
}
