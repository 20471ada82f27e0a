import type { APIAttachment } from 'discord-api-types/v10';
import type { Attachment } from '../world/file';
import type { World } from '../world/world';

/** Where files are served, in place of Discord's CDN. */
export const ATTACHMENTS_PATH = '/attachments/';

/** A file of a message as Discord sends it. */
export function attachmentPayload(world: World, attachment: Attachment): APIAttachment {
  const { id, filename, contentType, sizeBytes, description, width, height } = attachment;
  const url = world.files.baseUrl + attachmentPath(attachment);
  return {
    id,
    filename,
    size: sizeBytes,
    url,
    proxy_url: url,
    content_type: contentType,
    ...(description === undefined ? {} : { description }),
    ...(width === undefined || height === undefined ? {} : { width, height }),
  };
}

/** The path of a file on the local Discord. */
export function attachmentPath({ id, filename }: Attachment): string {
  return `${ATTACHMENTS_PATH}${id}/${encodeURIComponent(filename)}`;
}
