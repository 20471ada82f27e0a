/**
 * Whether a line of nats-server's log is more than its daily routine: a warning, an error, or nothing of its own form
 * (a crash).
 */
export function isNotableNatsLine(line: string): boolean {
  const level = /^\[\d+\] \S+ \S+ \[(\w+)\]/.exec(line)?.[1];
  return level === undefined ? line.trim() !== '' : level !== 'INF' && level !== 'DBG' && level !== 'TRC';
}

/**
 * Whether a line of Postgres's log is more than its daily routine. Lines that belong to a message (DETAIL, STATEMENT)
 * are as notable as what they follow, so one of these is needed per server.
 */
export function notablePostgresLines(): (line: string) => boolean {
  let notable = false;
  return (line) => {
    const level = /^(LOG|INFO|NOTICE|DEBUG\d?|WARNING|ERROR|FATAL|PANIC):/.exec(line)?.[1];
    if (level !== undefined) notable = ['WARNING', 'ERROR', 'FATAL', 'PANIC'].includes(level);
    return notable;
  };
}
