import type { ServiceStatus } from '../../src/chat-contract';

/** The status of Popple's services; undefined where none is reported. */
export type Services = readonly ServiceStatus[] | undefined;

const LABELS: Readonly<Record<ServiceStatus['name'], string>> = {
  bot: 'bot',
  svc: 'svc',
  nats: 'NATS',
  postgres: 'Postgres',
};

/** What a member notices of a service that does not work. */
const MEANWHILE: Readonly<Record<ServiceStatus['name'], string>> = {
  bot: 'what is said is read and answered when it is back',
  svc: 'karma waits and is counted when it is back',
  nats: 'bot keeps what it reads until NATS is back',
  postgres: 'karma waits and is counted when it is back',
};

const STATES: Readonly<Record<ServiceStatus['state'], string>> = {
  ready: 'ready',
  starting: 'starting',
  'not-ready': 'not ready',
  down: 'not running',
};

/** A service's name, as the documentation writes it. */
export function serviceLabel({ name }: ServiceStatus): string {
  return LABELS[name];
}

/** A service's state in words, with what is wrong. */
export function serviceState({ state, detail }: ServiceStatus): string {
  return detail === '' ? STATES[state] : `${STATES[state]} (${detail})`;
}

/**
 * A sentence for each service that keeps members waiting. Where one does not run at all, that is why others are not ready,
 * and they are left out.
 */
export function troubles(services: Services): string[] {
  const wrong = (services ?? []).filter(({ state }) => state !== 'ready');
  const absent = wrong.filter(({ state }) => state !== 'not-ready');
  return (absent.length > 0 ? absent : wrong).map((service) => {
    const state = service.state === 'not-ready' ? serviceState(service) : STATES[service.state];
    return `${serviceLabel(service)} is ${state}: ${MEANWHILE[service.name]}.`;
  });
}
