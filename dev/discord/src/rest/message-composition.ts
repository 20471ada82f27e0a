import { MessageFlags } from 'discord-api-types/v10';
import { attachmentPayload } from '../payload/attachment';
import type { Attachment } from '../world/file';
import type { Message, MessageChange } from '../world/model';
import type { World } from '../world/world';
import { emptyMessage } from './errors';
import { completeComponents, type Media } from './forms/component-form';
import type { MessageForm } from './message-form';

/** Flags that only Discord itself or an interaction gives. */
const NOT_TO_BE_SET = MessageFlags.Ephemeral | MessageFlags.Loading;

/** A message as it is going to be: `MessageChange`, with a content. */
export type Composition = MessageChange & { readonly content: string };

/**
 * What a message will be when a form creates or edits it: files are stored, components completed. Raises `ApiError`
 * for one that would be empty (50006), and for components whose files are not there (50035).
 */
export function composed(world: World, form: MessageForm, earlier?: Message): Composition {
  const content = form.content ?? earlier?.content ?? '';
  const attachments = attachmentsOf(world, form, earlier);
  const components =
    form.components === undefined
      ? (earlier?.components ?? [])
      : completeComponents(form.components, (url) => mediaOf(world, url, attachments));
  if (content.trim() === '' && attachments.length === 0 && components.length === 0) throw emptyMessage();
  return {
    content,
    components,
    attachments,
    flags: ((earlier?.flags ?? 0) & ~MessageFlags.Loading) | (form.flags & ~NOT_TO_BE_SET),
    allowedMentions: form.allowedMentions,
  };
}

function attachmentsOf(
  world: World,
  { files, keptAttachments }: MessageForm,
  earlier?: Message,
): Attachment[] {
  const kept = (earlier?.attachments ?? []).filter(({ id }) => keptAttachments?.includes(id) ?? true);
  return [...kept, ...files.map((file) => world.files.add(file))];
}

const ATTACHED = 'attachment://';

/** What a component shows: a file of its message, or one from anywhere. */
function mediaOf(world: World, url: string, attachments: readonly Attachment[]): Media | null {
  if (!url.startsWith(ATTACHED)) {
    const item = { id: '0', url, proxy_url: url, width: null, height: null, content_type: null };
    return { item, sizeBytes: null };
  }
  const attachment = attachments.find(({ filename }) => filename === url.slice(ATTACHED.length));
  if (!attachment) return null;
  const payload = attachmentPayload(world, attachment);
  const item = {
    id: payload.id,
    url: payload.url,
    proxy_url: payload.proxy_url,
    width: payload.width ?? null,
    height: payload.height ?? null,
    content_type: payload.content_type,
    attachment_id: payload.id,
  };
  return { item, sizeBytes: attachment.sizeBytes };
}
