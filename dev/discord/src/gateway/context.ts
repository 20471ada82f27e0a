import type { Records } from '../records';
import type { Settings } from '../settings';
import type { World } from '../world/world';
import type { IdentifyLimit } from './identify-limit';
import type { Sessions } from './sessions';

/** What everything about the gateway needs to know of the rest. */
export interface GatewayContext {
  readonly world: World;
  readonly settings: Settings;
  readonly records: Records;
  readonly sessions: Sessions;
  readonly identifyLimit: IdentifyLimit;
  /** Servers in an outage: their events are not dispatched. */
  readonly outages: Set<string>;
  /** How many RESUMEs are still to be refused by a fault. */
  refuseResumes: number;
  /** How many IDENTIFYs are still to be closed by a fault, and with which code. They count all the same. */
  closedIdentifies: { left: number; code: number };
}
