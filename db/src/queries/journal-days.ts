/** The first day that a change at a time (an SQL expression) may be of: a day is called by its date, 14 hours before it in UTC. */
export const firstDayOf = (at: string): string => `${at} - interval '2 days'`;

/** The last day that a change at a time may be of: up to 12 hours after it in UTC. */
export const lastDayOf = (at: string): string => `${at} + interval '1 day'`;

/** A condition on the journal by which only partitions are read that changes between two times may be in, whatever the zone. */
export const onDays = (from: string, to: string): string =>
  `day >= ${firstDayOf(from)} AND day <= ${lastDayOf(to)}`;
