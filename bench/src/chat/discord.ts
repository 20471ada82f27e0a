import { join } from 'node:path';
import { reapProcess } from '@popple/dev/testing/reaper';
import type { ChatOrder, ChatReport } from './orders';

const HOST = join(import.meta.dir, 'host.ts');

type Place = Extract<ChatReport, { kind: 'open' }>;
export type Answered = Extract<ChatReport, { kind: 'answered' }>;

/** The process that plays Discord. */
export interface BenchDiscord {
  readonly pid: number;
  readonly place: Place;
  /** How many messages members have been told to say without waiting for what comes of it. */
  said(): number;
  /** Has members talk until so many were said, without waiting for what comes of it. */
  sayUpTo(total: number): void;
  /** Has members talk at a steady pace, without waiting for what comes of it. */
  talk(count: number, perSecond: number): void;
  /** Has members talk, and resolves to how they were answered. */
  ask(order: Extract<ChatOrder, { do: 'say-answered' | 'say-paced' }>): Promise<Answered>;
  stop(): Promise<void>;
}

/** Starts it. @throws Error when it ends before it is open. */
export async function openDiscord(): Promise<BenchDiscord> {
  const open = Promise.withResolvers<Place>();
  let answered = Promise.withResolvers<Answered>();
  const child = Bun.spawn([process.execPath, HOST], {
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc: (report: ChatReport) => {
      if (report.kind === 'open') open.resolve(report);
      else answered.resolve(report);
    },
  });
  const release = reapProcess(child.pid);
  void child.exited.then((code) => {
    release();
    const error = new Error(`the process that plays Discord ended with ${code}`);
    open.reject(error);
    answered.reject(error);
  });
  answered.promise.catch(() => {});
  let said = 0;
  const order = (what: ChatOrder) => child.send(what);
  return {
    pid: child.pid,
    place: await open.promise,
    said: () => said,
    sayUpTo: (total) => {
      if (total <= said) return;
      said = total;
      order({ do: 'say-up-to', total });
    },
    talk: (count, perSecond) => order({ do: 'talk', count, perSecond }),
    ask: (what) => {
      answered = Promise.withResolvers();
      order(what);
      return answered.promise;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await child.exited;
    },
  };
}
