import type { ServiceStatus, ServicesReport } from '@popple/local-discord/chat-contract';
import type { Service } from './service';

/** What is reported, and where. */
export interface ReportOptions {
  /** The local Discord, as the chat page is reached. */
  readonly url: string;
  /** What there is; may grow. What is no service of Popple itself is left out. */
  readonly services: readonly Service[];
}

const LOOK_EVERY_MS = 500;
/** The local Discord forgets a report after ten seconds. */
const REPEAT_AFTER_MS = 3_000;
const TIMEOUT_MS = 2_000;
const NAMES: readonly string[] = ['bot', 'svc', 'nats', 'postgres'] satisfies ServiceStatus['name'][];

/**
 * Tells the local Discord how Popple's services are, for its chat page to show: whenever that changes, and again every few
 * seconds. Returns what ends it.
 */
export function reportServices({ url, services }: ReportOptions): () => void {
  let told = '';
  let toldAtMs = 0;
  let telling = false;
  const tell = async () => {
    const body = JSON.stringify({ services: services.flatMap(described) } satisfies ServicesReport);
    if (telling || (body === told && Date.now() - toldAtMs < REPEAT_AFTER_MS)) return;
    telling = true;
    try {
      const response = await fetch(`${url}/_local/services`, {
        method: 'PUT',
        body,
        headers: { 'content-type': 'application/json' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (response.ok) [told, toldAtMs] = [body, Date.now()];
    } catch {
      // The local Discord may be restarting: the next report comes in a moment.
    } finally {
      telling = false;
    }
  };
  const timer = setInterval(() => void tell(), LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

function described(service: Service): ServiceStatus[] {
  const name = NAMES.find((known): known is ServiceStatus['name'] => known === service.name);
  return name === undefined ? [] : [{ name, ...service.status() }];
}
