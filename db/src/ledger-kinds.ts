import type { RequestKind } from '@popple/shared/contract/request';

/**
 * The kinds of request that change something, and so are entered into the ledger. The ledger's CHECK constraint, what its
 * statements may enter, and the handlers of svc are typed by it; a kind that is added needs a migration.
 */
export const LEDGER_KINDS = [
  'change-karma',
  'change-setting',
  'undo',
  'undo-deleted',
  'adjust',
  'block',
  'unblock',
  'merge',
  'remove',
  'undo-request',
  'undo-all',
] as const satisfies readonly RequestKind[];

/** A kind of request that changes something. */
export type LedgerKind = (typeof LEDGER_KINDS)[number];
