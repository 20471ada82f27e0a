import { join } from 'node:path';
import { reapProcess } from '@popple/testing/reaper';
import type { ChatOrder, ChatReport } from './orders';

const HOST = join(import.meta.dir, 'host.ts');

const TALK_BEFORE_KILL_MS = 300;

type Place = Extract<ChatReport, { kind: 'open' }>;
export type Answered = Extract<ChatReport, { kind: 'answered' }>;
export type Survived = Extract<ChatReport, { kind: 'survived' }>;

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
  /** Has members talk, calls `kill` in the midst of it, and resolves to how long they waited. */
  talkOverKill(kill: () => void): Promise<Survived>;
  stop(): Promise<void>;
}

/** Starts it. @throws Error when it ends before it is open. */
export async function openDiscord(): Promise<BenchDiscord> {
  const open = Promise.withResolvers<Place>();
  let answered = Promise.withResolvers<Answered>();
  let survived = Promise.withResolvers<Survived>();
  const child = Bun.spawn([process.execPath, HOST], {
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc: (report: ChatReport) => {
      if (report.kind === 'open') open.resolve(report);
      else if (report.kind === 'answered') answered.resolve(report);
      else survived.resolve(report);
    },
  });
  const release = reapProcess(child.pid);
  void child.exited.then((code) => {
    release();
    const error = new Error(`the process that plays Discord ended with ${code}`);
    open.reject(error);
    answered.reject(error);
    survived.reject(error);
  });
  answered.promise.catch(() => {});
  survived.promise.catch(() => {});
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
    talkOverKill: async (kill) => {
      survived = Promise.withResolvers();
      order({ do: 'talk-over-kill' });
      await Bun.sleep(TALK_BEFORE_KILL_MS);
      const atMs = performance.timeOrigin + performance.now();
      kill();
      order({ do: 'killed', atMs });
      return await survived.promise;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await child.exited;
    },
  };
}
