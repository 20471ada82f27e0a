import type { Attachment, NewFile } from './file';
import type { SnowflakeSource } from './snowflake';

/** The oldest files are forgotten beyond this; their messages stay. */
const MAX_TOTAL_BYTES = 128 * 1024 * 1024;

const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const PNG_WIDTH_OFFSET = 16;
const PNG_HEIGHT_OFFSET = 20;
const PNG_HEADER_BYTES = 24;

interface StoredFile {
  readonly attachment: Attachment;
  readonly bytes: Uint8Array;
}

/** The bytes of what was attached. In memory only: they do not survive a restart. */
export class Files {
  /** Where files are fetched from, as an URL without a slash at its end. Set once it is known. */
  baseUrl = 'http://127.0.0.1';
  readonly #files = new Map<string, StoredFile>();
  #totalBytes = 0;

  constructor(private readonly ids: SnowflakeSource) {}

  add({ filename, contentType, bytes, description }: NewFile): Attachment {
    const attachment: Attachment = {
      id: this.ids.next(),
      filename,
      contentType,
      sizeBytes: bytes.byteLength,
      ...(description === undefined ? {} : { description }),
      ...pngSize(bytes),
    };
    this.#files.set(attachment.id, { attachment, bytes });
    this.#totalBytes += bytes.byteLength;
    for (const [id, file] of this.#files) {
      if (this.#totalBytes <= MAX_TOTAL_BYTES || id === attachment.id) break;
      this.#files.delete(id);
      this.#totalBytes -= file.bytes.byteLength;
    }
    return attachment;
  }

  /** Undefined for what never was or has been forgotten. */
  find(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }
}

function pngSize(bytes: Uint8Array): { width?: number; height?: number } {
  if (bytes.byteLength < PNG_HEADER_BYTES || PNG_SIGNATURE.some((byte, n) => bytes[n] !== byte)) return {};
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: view.getUint32(PNG_WIDTH_OFFSET), height: view.getUint32(PNG_HEIGHT_OFFSET) };
}
