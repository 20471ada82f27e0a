import { RESTJSONErrorCodes } from 'discord-api-types/v10';
import { ApiError, invalidForm, invalidJson } from './errors';

/** A file of a request, and under which number its message refers to it. */
export interface UploadedFile {
  readonly number: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface RequestBody {
  /** The JSON body, not parsed yet; empty when there is none. */
  readonly json: string;
  readonly files: readonly UploadedFile[];
}

/** @see https://discord.com/developers/docs/reference#uploading-files */
const FILE_FIELD = /^files\[(\d{1,3})\]$/;
const MAX_FILES = 10;
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/**
 * Reads a body: JSON, or a form with the JSON in `payload_json` and files beside it. Raises `ApiError` for what is
 * neither (50109), and for files that are too many (50035) or too large (413, 40005).
 */
export async function readBody(request: Request): Promise<RequestBody> {
  if (!request.body) return { json: '', files: [] };
  if (!request.headers.get('content-type')?.startsWith('multipart/form-data')) {
    return { json: await request.text(), files: [] };
  }
  const form = await request.formData().catch(() => {
    throw invalidJson();
  });
  const files: UploadedFile[] = [];
  for (const [field, value] of form.entries()) {
    const number = FILE_FIELD.exec(field)?.[1];
    if (number === undefined || typeof value === 'string') continue;
    if (value.size > MAX_FILE_BYTES) {
      throw new ApiError(413, RESTJSONErrorCodes.RequestEntityTooLarge, 'Request entity too large');
    }
    files.push({
      number,
      filename: value.name,
      contentType: value.type.split(';')[0] || 'application/octet-stream',
      bytes: new Uint8Array(await value.arrayBuffer()),
    });
  }
  if (files.length > MAX_FILES) {
    throw invalidForm('attachments', 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_FILES} or fewer in length.`);
  }
  const json = form.get('payload_json');
  return { json: typeof json === 'string' ? json : '', files };
}
