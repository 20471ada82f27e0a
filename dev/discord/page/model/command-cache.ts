import type { ChatState } from '../../src/chat-contract';
import type { ChatCommand } from '../../src/interaction-contract';

/** Where and as whom one looks. */
export interface Viewpoint {
  readonly world: ChatState | undefined;
  readonly channelId: string | undefined;
  readonly selection: { readonly memberId: string } | undefined;
  readonly commandsVersion: number;
}

/** Reads the commands of a channel once, until something changes that could change them. */
export class CommandCache {
  readonly #read: (channelId: string, memberId: string) => Promise<readonly ChatCommand[]>;
  #from: Viewpoint | undefined;
  #commands: Promise<readonly ChatCommand[]> = Promise.resolve([]);

  constructor(read: (channelId: string, memberId: string) => Promise<readonly ChatCommand[]>) {
    this.#read = read;
  }

  /** What may be used there. Rejects as the reading does; the next call then reads again. */
  read(from: Viewpoint): Promise<readonly ChatCommand[]> {
    const { channelId, selection } = from;
    if (channelId === undefined || selection === undefined) return Promise.resolve([]);
    if (this.#from !== undefined && isSame(this.#from, from)) return this.#commands;
    this.#from = from;
    this.#commands = this.#read(channelId, selection.memberId).catch((error: unknown) => {
      this.#from = undefined;
      throw error;
    });
    return this.#commands;
  }
}

function isSame(a: Viewpoint, b: Viewpoint): boolean {
  return (
    a.world === b.world &&
    a.channelId === b.channelId &&
    a.selection?.memberId === b.selection?.memberId &&
    a.commandsVersion === b.commandsVersion
  );
}
