/**
 * What Discord's schema allows, or another server that speaks Discord's API does, and Discord itself does not do today:
 * - `sparse`: what the schema lets be left out is left out.
 * - `tags-everywhere`: every channel has `available_tags`, as the schema allows, and not forums alone.
 * - `nulls`: what may be left out is there, and null.
 * - `authorless`: a message with the word "authorless" in it has no author; nothing in the schema allows that.
 */
export const ODDITIES = ['sparse', 'tags-everywhere', 'nulls', 'authorless'] as const;
export type Oddity = (typeof ODDITIES)[number];

type Json = Record<string, unknown>;

/** Fields that the schema lets be left out, or that other servers leave out, of whatever they are in. */
const OPTIONAL = ['global_name', 'threads', 'permission_overwrites', 'parent_id', 'member', 'flags'];

const isMessage = (value: Json) => 'channel_id' in value && 'content' in value;
const isChannel = (value: Json) => 'type' in value && 'last_message_id' in value;

const CHANGES: Readonly<Record<Oddity, (value: Json) => void>> = {
  sparse: (value) => {
    // A thread without its parent would belong nowhere, and a list of threads would be no list without them.
    const isThread = 'thread_metadata' in value;
    const isList = 'has_more' in value;
    for (const name of OPTIONAL)
      if (!(isThread && name === 'parent_id') && !(isList && name === 'threads')) delete value[name];
  },
  'tags-everywhere': (value) => {
    if (isChannel(value)) value.available_tags ??= [];
  },
  nulls: (value) => {
    if (isMessage(value)) for (const name of ['guild_id', 'webhook_id']) value[name] ??= null;
  },
  authorless: (value) => {
    if (isMessage(value) && String(value.content).includes('authorless')) delete value.author;
  },
};

function change(value: unknown, oddities: readonly Oddity[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) change(inner, oddities);
  if (!Array.isArray(value)) for (const oddity of oddities) CHANGES[oddity](value as Json);
}

/** A payload in JSON with these oddities. */
export function oddJson(json: string, oddities: readonly Oddity[]): string {
  if (oddities.length === 0) return json;
  const payload: unknown = JSON.parse(json);
  change(payload, oddities);
  return JSON.stringify(payload);
}

/** As `oddJson`, for a payload that is not JSON yet. */
export function oddBody(body: unknown, oddities: readonly Oddity[]): unknown {
  return body === undefined || oddities.length === 0
    ? body
    : JSON.parse(oddJson(JSON.stringify(body), oddities));
}
