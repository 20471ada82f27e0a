import type { AuditEntry } from '@popple/shared/contract/query';
import { type Column, table } from '../terminal/table';

/** What was done, but for whom it was done to. */
function whatOf({ kind, details: { amount, into, karma, undoes, requests, since } }: AuditEntry): string {
  const signed = amount?.startsWith('-') === false ? `+${amount}` : amount;
  const parts = [
    kind,
    signed,
    into && `into ${into}`,
    karma && `(${karma} karma)`,
    undoes,
    since === undefined ? undefined : `since ${new Date(since).toISOString()}`,
    requests === undefined ? undefined : `(${requests} undone)`,
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  { heading: 'AT', cell: ({ at }) => new Date(at).toISOString() },
  {
    heading: 'BY',
    cell: ({ userId, operator }) => (userId === undefined ? (operator ?? '') : `<@${userId}>`),
  },
  { heading: 'ON', cell: ({ target }) => target },
  { heading: 'DID', cell: whatOf },
  { heading: 'REASON', cell: ({ reason }) => reason ?? '' },
];

/** What moderators did as a table. Ends with a newline. */
export function auditText(entries: readonly AuditEntry[]): string {
  return entries.length === 0 ? 'Moderators have done nothing in this server.\n' : table(COLUMNS, entries);
}
