import type { GatewayFaults } from '../gateway/faults';
import type { Settings } from '../settings';
import { InteractionFaults } from './interaction-faults';
import type { RestFault, RestFaults } from './rest-faults';

/** Everything that can be made to go wrong. */
export class Faults {
  /** Strikes the callbacks of interactions that come from now on. */
  readonly interactions = new InteractionFaults();

  constructor(
    readonly gateway: GatewayFaults,
    private readonly restFaults: RestFaults,
    private readonly settings: Settings,
  ) {}

  /** Strikes REST requests that come from now on. Raises `SyntaxError` for a `match` that is no regular expression. */
  rest(fault: RestFault): void {
    this.restFaults.add(fault);
  }

  /** Of every round trip, REST and gateway. */
  get latencyMs(): number {
    return this.settings.latencyMs;
  }

  set latencyMs(latencyMs: number) {
    this.settings.latencyMs = latencyMs;
  }

  /** Forgets every fault that has not struck yet. Latency stays: it is a setting. */
  clear(): void {
    this.restFaults.clear();
    this.interactions.clear();
    this.gateway.clear();
  }
}
