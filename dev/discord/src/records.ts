export interface IdentifyRecord {
  readonly atMs: number;
  readonly shard: readonly [id: number, count: number];
  readonly intents: number;
  /** The close code when it was refused with one. */
  readonly outcome: 'ready' | 'rate-limited' | number;
  readonly sessionId: string | null;
}

export interface ResumeRecord {
  readonly atMs: number;
  readonly sessionId: string;
  /** The last sequence the client says it has seen. */
  readonly sequence: number;
  /** The close code when it was refused with one. */
  readonly outcome: 'resumed' | 'invalid-session' | number;
  /** Events sent again. */
  readonly replayed: number;
}

export interface RequestRecord {
  readonly atMs: number;
  readonly method: string;
  /** Decoded, without the host, `/api` and the version: `/channels/1/messages`. */
  readonly path: string;
  /** Of the response; null when the connection was cut instead. */
  readonly status: number | null;
}

/**
 * What counts as an invalid request; 10,000 in 10 minutes have the address banned.
 * @see https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
 */
const INVALID: ReadonlySet<number | null> = new Set([401, 403, 429]);

const MAX_ENTRIES = 20_000;

/** What a bot did, for tests to look at. Each list keeps its newest 20,000 to 40,000 entries; the counts are complete. */
export class Records {
  readonly identifies: IdentifyRecord[] = [];
  readonly resumes: ResumeRecord[] = [];
  readonly requests: RequestRecord[] = [];
  /** Since the start or the last `clear()`. */
  readonly counts = {
    identifies: 0,
    resumes: 0,
    requests: 0,
    invalidRequests: 0,
    /** Requests past the limit of the token; injected responses of 429 do not count. */
    globallyLimited: 0,
    dispatches: 0,
  };

  identify(record: IdentifyRecord): void {
    this.counts.identifies++;
    push(this.identifies, record);
  }

  resume(record: ResumeRecord): void {
    this.counts.resumes++;
    push(this.resumes, record);
  }

  request(record: RequestRecord): void {
    this.counts.requests++;
    if (INVALID.has(record.status)) this.counts.invalidRequests++;
    push(this.requests, record);
  }

  clear(): void {
    this.identifies.length = 0;
    this.resumes.length = 0;
    this.requests.length = 0;
    for (const name of Object.keys(this.counts)) this.counts[name as keyof Records['counts']] = 0;
  }
}

function push<T>(list: T[], entry: T): void {
  if (list.push(entry) >= 2 * MAX_ENTRIES) list.splice(0, MAX_ENTRIES);
}
