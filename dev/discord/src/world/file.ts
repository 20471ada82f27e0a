/** A file that hangs on a message. Its bytes are kept apart, for a while. */
export interface Attachment {
  readonly id: string;
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** What it shows, in words; absent where nobody said. */
  readonly description?: string | undefined;
  /** In pixels; absent for what is no picture, or none whose size is known. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** A file as somebody sends it. */
export interface NewFile {
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly description?: string | undefined;
}
