import { describeExit } from '@popple/embedded/child-process';
import { z } from 'zod';
import type { Running } from './part';
import { startProgram } from './process-part';

/** Where the local Discord is. */
export interface LocalDiscordAddress {
  /** The chat page. */
  readonly url: string;
  /** For DISCORD_API_URL. */
  readonly apiUrl: string;
}

/** What the local Discord is started with. */
export interface LocalDiscordOptions {
  readonly root: string;
  /** Relative to the root. */
  readonly program: string;
  readonly port: number;
  /** Exactly this port, or else the next free one. */
  readonly exactPort: boolean;
  readonly stateFile: string;
  readonly token: string;
  readonly env: Record<string, string | undefined>;
  readonly onLine: (line: string) => void;
}

const readyLine = z.object({ localDiscord: z.object({ url: z.string(), apiUrl: z.string() }) });

/** Starts the local Discord and resolves when it tells where it is. Raises when it ends before. */
export async function startLocalDiscordPart(
  o: LocalDiscordOptions,
): Promise<{ running: Running; address: LocalDiscordAddress }> {
  const told = Promise.withResolvers<LocalDiscordAddress>();
  const last: string[] = [];
  const running = await startProgram({
    root: o.root,
    program: o.program,
    env: {
      ...o.env,
      LOCAL_DISCORD_PORT: String(o.port),
      LOCAL_DISCORD_PORT_EXACT: o.exactPort ? 'yes' : 'no',
      LOCAL_DISCORD_STATE: o.stateFile,
      LOCAL_DISCORD_TOKEN: o.token,
    },
    onLine: (line) => {
      const address = line.startsWith('{"localDiscord"') ? readyLine.safeParse(JSON.parse(line)) : undefined;
      if (address?.success) return told.resolve(address.data.localDiscord);
      last.push(line);
      if (last.length > 5) last.shift();
      o.onLine(line);
    },
  });
  const ended = running.exited.then((exit) => {
    throw new Error(`the local Discord ended with ${describeExit(exit)}: ${last.join(' ')}`);
  });
  const address = await Promise.race([told.promise, ended]);
  // From here on, its end is for whoever supervises it to see.
  ended.catch(() => {});
  return { running, address };
}
