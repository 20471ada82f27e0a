import { z } from 'zod';
import { MAX_CONTENT_LENGTH, messageLength } from '../message-length';
import type { AllowedMentions } from '../world/mentions';
import { emptyMessage, invalidForm } from './errors';
import { checkedId } from './route';

const MAX_NONCE_LENGTH = 25;

const formSchema = z.object({
  content: z.string().nullish(),
  nonce: z.union([z.int(), z.string()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  flags: z.int().nullish(),
  message_reference: z
    .object({
      message_id: z.string().nullish(),
      channel_id: z.string().nullish(),
      fail_if_not_exists: z.boolean().nullish(),
    })
    .nullish(),
  allowed_mentions: z
    .object({
      parse: z.array(z.enum(['users', 'roles', 'everyone'])).nullish(),
      users: z.array(z.string()).max(100).nullish(),
      roles: z.array(z.string()).max(100).nullish(),
      replied_user: z.boolean().nullish(),
    })
    .nullish(),
});

/** Parts of a message that this Discord has no room for. Dropping them in silence would hide a mistake. */
const NOT_CARRIED = ['embeds', 'components', 'attachments', 'sticker_ids', 'poll'] as const;

export interface MessageForm {
  readonly content: string;
  readonly nonce: string | number | null;
  readonly enforceNonce: boolean;
  readonly flags: number;
  /** What it replies to, in any channel. */
  readonly reference: {
    readonly messageId: string;
    readonly channelId: string | null;
    readonly failIfNotExists: boolean;
  } | null;
  /** Null where nothing was said: everybody named is pinged. */
  readonly allowedMentions: AllowedMentions | null;
}

/** Reads the body of a message that is created or edited. Raises `ApiError` as Discord does (50035, 50006). */
export function readMessageForm(body: unknown): MessageForm {
  refuseWhatIsNotCarried(body);
  const parsed = formSchema.safeParse(body ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalidForm(issue?.path.join('.') ?? 'body', 'BASE_TYPE_BAD_TYPE', issue?.message ?? 'Bad type.');
  }
  const form = parsed.data;
  return {
    content: checkedContent(form.content ?? ''),
    nonce: checkedNonce(form.nonce ?? null),
    enforceNonce: form.enforce_nonce ?? false,
    flags: form.flags ?? 0,
    reference: readReference(form.message_reference),
    allowedMentions: readAllowedMentions(form.allowed_mentions),
  };
}

function checkedContent(content: string): string {
  if (content.trim() === '') throw emptyMessage();
  if (messageLength(content) > MAX_CONTENT_LENGTH) {
    throw invalidForm('content', 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_CONTENT_LENGTH} or fewer in length.`);
  }
  return content;
}

function checkedNonce(nonce: string | number | null): string | number | null {
  if (String(nonce ?? '').length <= MAX_NONCE_LENGTH) return nonce;
  throw invalidForm('nonce', 'NONCE_TYPE_TOO_LONG', `Nonce must be ${MAX_NONCE_LENGTH} or fewer in length.`);
}

function readReference(reference: z.infer<typeof formSchema>['message_reference']): MessageForm['reference'] {
  if (!reference?.message_id) return null;
  return {
    messageId: checkedId(reference.message_id, 'message_reference'),
    channelId: reference.channel_id ?? null,
    failIfNotExists: reference.fail_if_not_exists ?? true,
  };
}

function readAllowedMentions(
  allowed: z.infer<typeof formSchema>['allowed_mentions'],
): AllowedMentions | null {
  if (!allowed) return null;
  const parse = allowed.parse ?? [];
  for (const kind of ['users', 'roles'] as const) {
    const ids = allowed[kind] ?? [];
    if (!parse.includes(kind) || ids.length === 0) continue;
    throw invalidForm(
      'allowed_mentions',
      'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
      `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
    );
  }
  return { parse, users: allowed.users ?? [], repliedUser: allowed.replied_user ?? false };
}

function refuseWhatIsNotCarried(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  for (const field of NOT_CARRIED) {
    const value: unknown = Reflect.get(body, field);
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    throw invalidForm(field, 'NOT_SUPPORTED', `The local Discord carries text only: leave out ${field}.`);
  }
}
