import { describeExit } from '@popple/embedded/child-process';
import { startProgram } from './program';
import type { Running } from './service';

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
  readonly stateFile: string;
  readonly token: string;
  readonly env: Record<string, string | undefined>;
  readonly onLine: (line: string) => void;
}

/** Starts the local Discord and resolves when it prints its address. Raises when it ends before, as on a taken port. */
export async function startLocalDiscord(
  o: LocalDiscordOptions,
): Promise<{ running: Running; address: LocalDiscordAddress }> {
  const ready = Promise.withResolvers<LocalDiscordAddress>();
  const last: string[] = [];
  const running = await startProgram({
    root: o.root,
    program: o.program,
    args: ['--port', String(o.port), '--state', o.stateFile, '--token', o.token, '--reload'],
    env: o.env,
    onLine: (line) => {
      if (line.startsWith('Local Discord at ')) return;
      const apiUrl = /^DISCORD_API_URL=(\S+)$/.exec(line)?.[1];
      if (apiUrl !== undefined) return ready.resolve({ url: new URL(apiUrl).origin, apiUrl });
      last.push(line);
      if (last.length > 5) last.shift();
      o.onLine(line);
    },
  });
  const ended = running.exited.then((exit) => {
    throw new Error(`the local Discord ended with ${describeExit(exit)}: ${last.join(' ')}`);
  });
  const address = await Promise.race([ready.promise, ended]);
  // From here on, the supervisor handles its end.
  ended.catch(() => {});
  return { running, address };
}
