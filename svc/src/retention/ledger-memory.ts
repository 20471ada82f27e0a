import { describeDuration } from '@popple/shared/config/describe-duration';
import type { Request } from '@popple/shared/contract/request';
import { writes } from '../requests/handlers';
import { RETENTION_MARGIN_MS } from './ledger-bound';

/** How far back the ledger can vouch for what was applied; what came before it may have been forgotten. */
export interface LedgerMemory {
  /** Whether applying the request twice is the same as applying it once: it only asks, or the ledger would know it. */
  vouchesFor(request: Request): boolean;
  /** Why a request that the ledger does not have and cannot vouch for must not be applied. */
  refusal(request: Request): string;
}

/**
 * What a ledger that remembers for `retentionMs` can vouch for at `nowMs` (both in milliseconds): an hour less than all of
 * it, because the clock of the worker that prunes it may be ahead, and what it is about to forget is no help either.
 */
export function ledgerMemory(retentionMs: number, nowMs: number = Date.now()): LedgerMemory {
  const oldestMs = nowMs - retentionMs + RETENTION_MARGIN_MS;
  return {
    vouchesFor: (request) => !writes(request) || request.at >= oldestMs,
    refusal: ({ id, at }) =>
      `request ${id} was made ${new Date(at).toISOString()}, which is longer ago than the ledger ` +
      `remembers (LEDGER_RETENTION is ${describeDuration(retentionMs)}, less an hour); if it was applied then, it would ` +
      'count twice',
  };
}
