import type { LeaseTable } from './lease-table';

/**
 * Whether the other instances in the bucket are alive. An entry shows only that its bot was alive within the lease's
 * time to live; one that is written again after our first look proves it.
 */
export class LiveOthers {
  readonly #leases: Pick<LeaseTable, 'registrations'>;
  readonly #self: string;
  #first: Map<string, number> | undefined;
  #areAlive = false;

  constructor(leases: Pick<LeaseTable, 'registrations'>, self: string) {
    this.#leases = leases;
    this.#self = self;
  }

  /** Looks at these instances, until all were seen alive once. @throws NatsError when the bucket cannot be asked. */
  async look(instances: readonly string[]): Promise<void> {
    if (this.#areAlive) return;
    const now = await this.#leases.registrations(instances.filter((instance) => instance !== this.#self));
    const first = this.#first ?? now;
    this.#first = first;
    this.#areAlive = [...now].every(([instance, revision]) => revision !== first.get(instance));
  }

  /** Whether every instance that was there has registered again or is gone. */
  get areAlive(): boolean {
    return this.#areAlive;
  }
}
