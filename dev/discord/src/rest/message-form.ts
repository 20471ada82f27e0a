import { MessageFlags } from 'discord-api-types/v10';
import { z } from 'zod';
import { MAX_CONTENT_LENGTH, messageLength } from '../message-length';
import type { NewFile } from '../world/file';
import type { AllowedMentions } from '../world/mentions';
import { invalidForm } from './errors';
import { readComponents } from './forms/component-form';
import type { TopLevelComponentForm } from './forms/component-schemas';
import type { UploadedFile } from './multipart';
import { checkedId } from './route';

const MAX_NONCE_LENGTH = 25;

const formSchema = z.object({
  content: z.string().nullish(),
  nonce: z.union([z.int(), z.string()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  flags: z.int().nullish(),
  components: z.unknown().optional(),
  attachments: z
    .array(
      z.object({
        id: z.union([z.string(), z.int()]).transform(String),
        filename: z.string().nullish(),
        description: z.string().max(1024).nullish(),
      }),
    )
    .max(10)
    .nullish(),
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
const NOT_CARRIED = ['embeds', 'sticker_ids', 'poll'] as const;

export interface MessageForm {
  /** Undefined where nothing was said: an edit leaves it as it is. */
  readonly content: string | undefined;
  /** Undefined where nothing was said. */
  readonly components: readonly TopLevelComponentForm[] | undefined;
  /** What is uploaded with it. */
  readonly files: readonly NewFile[];
  /** The attachments that an edit leaves; undefined leaves all. */
  readonly keptAttachments: readonly string[] | undefined;
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

/**
 * Reads the body of a message that is created or edited; `earlierFlags` are those that an edited one has. Raises
 * `ApiError` as Discord does (50035).
 */
export function readMessageForm(
  body: unknown,
  files: readonly UploadedFile[] = [],
  earlierFlags = 0,
): MessageForm {
  refuseWhatIsNotCarried(body);
  const parsed = formSchema.safeParse(body ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalidForm(issue?.path.join('.') ?? 'body', 'BASE_TYPE_BAD_TYPE', issue?.message ?? 'Bad type.');
  }
  const form = parsed.data;
  const flags = form.flags ?? 0;
  return {
    content:
      form.content === undefined ? undefined : checkedContent(form.content ?? '', flags | earlierFlags),
    components:
      form.components === undefined ? undefined : readComponents(form.components ?? [], flags | earlierFlags),
    files: files.map((file) => newFile(file, form.attachments ?? [])),
    keptAttachments: form.attachments
      ?.map(({ id }) => id)
      .filter((id) => files.every(({ number }) => number !== id)),
    nonce: checkedNonce(form.nonce ?? null),
    enforceNonce: form.enforce_nonce ?? false,
    flags,
    reference: readReference(form.message_reference),
    allowedMentions: readAllowedMentions(form.allowed_mentions),
  };
}

type AttachmentForm = NonNullable<z.infer<typeof formSchema>['attachments']>[number];

function newFile(file: UploadedFile, attachments: readonly AttachmentForm[]): NewFile {
  const about = attachments.find(({ id }) => id === file.number);
  return {
    filename: about?.filename ?? file.filename,
    contentType: file.contentType,
    bytes: file.bytes,
    description: about?.description ?? undefined,
  };
}

function checkedContent(content: string, flags: number): string {
  if (content !== '' && (flags & MessageFlags.IsComponentsV2) !== 0) {
    throw invalidForm(
      'content',
      'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
      'The content field cannot be used when using MessageFlags.IS_COMPONENTS_V2',
    );
  }
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
    throw invalidForm(field, 'NOT_SUPPORTED', `The local Discord does not carry this: leave out ${field}.`);
  }
}
