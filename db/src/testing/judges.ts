import type { ChangeKarma } from '@popple/shared/contract/request';
import type { Decision, Wanted } from '../judging';

/**
 * A decision for requests of different servers by which every change counts: as the nth and those after it of its giver's day,
 * against a counter of its server and, for the first of a request, as the last change of a pair.
 */
export function countEach(requests: readonly ChangeKarma[], version = 1, nth = 1): Decision {
  const { counters, pairs } = wantEach(requests);
  return {
    changes: new Map(
      requests.map(({ id, changes }) => [
        id,
        changes.map(({ delta }, index) => ({ verdict: { delta }, day: 0, nth: nth + index })),
      ]),
    ),
    counters: counters.map((key) => ({ ...key, count: 1, bound: 1_000_000 })),
    pairs: pairs.map((key, index) => ({ ...key, at: 0, id: requests[index]?.id ?? '', version })),
  };
}

/** What such a decision depends on. */
export function wantEach(requests: readonly ChangeKarma[]): Wanted {
  return {
    givers: requests.map(({ guildId }) => ({ guildId, giverId: '300', day: 0 })),
    counters: requests.map(({ guildId }) => ({ guildId, scope: 'server', key: '', period: 0 })),
    pairs: requests.map(({ guildId, changes }) => ({
      guildId,
      giverId: '300',
      subject: changes[0]?.subject ?? '',
    })),
  };
}
