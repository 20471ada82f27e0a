import type { Request } from '@popple/shared/contract/request';
import { BulkPublisher } from '@popple/shared/messaging/bulk-publisher';
import { publishAll } from '../layers/publish';
import { toMessage } from '../load/requests';
import type { Stage } from '../stage/stage';

const PUB_ACK_TIMEOUT_MS = 30_000;

/** Puts requests into the stream and resolves when it has all. */
export async function fillRequests({ connection }: Stage, requests: readonly Request[]): Promise<void> {
  await publishAll(new BulkPublisher(connection, PUB_ACK_TIMEOUT_MS, '_INBOX'), requests.map(toMessage));
}
