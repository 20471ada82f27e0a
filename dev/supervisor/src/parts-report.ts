import type { ChatPart, PartsReport } from '@popple/local-discord/chat-contract';
import type { Part } from './part';

/** What is told to whom. */
export interface PartsReportOptions {
  /** The local Discord, as the chat page is reached. */
  readonly url: string;
  /** What there is; may grow. What is no part of Popple itself is left out. */
  readonly parts: readonly Part[];
}

const LOOK_EVERY_MS = 500;
/** The local Discord forgets a report after ten seconds. */
const REPEAT_AFTER_MS = 3_000;
const TIMEOUT_MS = 2_000;
const NAMES: readonly string[] = ['bot', 'svc', 'nats', 'postgres'] satisfies ChatPart['name'][];

/**
 * Tells the local Discord how Popple's parts are, for its chat page to show: whenever that changes, and again every few
 * seconds. Returns what ends it.
 */
export function reportParts({ url, parts }: PartsReportOptions): () => void {
  let told = '';
  let toldAtMs = 0;
  let telling = false;
  const tell = async () => {
    const body = JSON.stringify({ parts: parts.flatMap(described) } satisfies PartsReport);
    if (telling || (body === told && Date.now() - toldAtMs < REPEAT_AFTER_MS)) return;
    telling = true;
    try {
      const response = await fetch(`${url}/_local/parts`, {
        method: 'PUT',
        body,
        headers: { 'content-type': 'application/json' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (response.ok) [told, toldAtMs] = [body, Date.now()];
    } catch {
      // The local Discord is being restarted, say: it is told again in a moment, with what is true then.
    } finally {
      telling = false;
    }
  };
  const timer = setInterval(() => void tell(), LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

function described(part: Part): ChatPart[] {
  const name = NAMES.find((known): known is ChatPart['name'] => known === part.name);
  return name === undefined ? [] : [{ name, ...part.status() }];
}
