import type { Database } from '@popple/db/client';
import { applyKarma } from '@popple/db/queries/apply-karma';
import { changeAnnounce } from '@popple/db/queries/change-announce';
import { checkBoard } from '@popple/db/queries/check-board';
import { checkKarma } from '@popple/db/queries/check-karma';
import type { Event } from '@popple/shared/contract/event';
import type {
  ChangeAnnounce,
  ChangeKarma,
  CheckBoard,
  CheckKarma,
  Request,
} from '@popple/shared/contract/request';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';
import type { Round } from './rounds';

/** What came of a request: the event that answers it, and whether the ledger had it already. */
export interface Answer {
  event: Event;
  known: boolean;
}

export type Answers = Map<string, Answer>;

function envelope(request: Request) {
  const { id, guildId, channelId } = request;
  return { v: CONTRACT_VERSION, id, guildId, channelId } as const;
}

function collect<R extends Request, Result>(
  requests: readonly R[],
  results: ReadonlyMap<string, Result>,
  toAnswer: (request: R, result: Result) => Answer,
): Answers {
  const answers: Answers = new Map();
  for (const request of requests) {
    const result = results.get(request.id);
    if (result === undefined) throw new Error(`the database gave no answer to request ${request.id}`);
    answers.set(request.id, toAnswer(request, result));
  }
  return answers;
}

async function karmaChanged(database: Database, requests: ChangeKarma[]): Promise<Answers> {
  return collect(requests, await applyKarma(database, requests), (request, { answer, known }) => ({
    event: { ...envelope(request), kind: 'karma-changed', ...answer },
    known,
  }));
}

async function karmaChecked(database: Database, requests: CheckKarma[]): Promise<Answers> {
  return collect(requests, await checkKarma(database, requests), (request, totals) => ({
    event: { ...envelope(request), kind: 'karma-checked', totals },
    known: false,
  }));
}

async function boardChecked(database: Database, requests: CheckBoard[]): Promise<Answers> {
  return collect(requests, await checkBoard(database, requests), (request, entries) => ({
    event: { ...envelope(request), kind: 'board-checked', end: request.end, entries },
    known: false,
  }));
}

async function announceChanged(database: Database, requests: ChangeAnnounce[]): Promise<Answers> {
  return collect(requests, await changeAnnounce(database, requests), (request, { answer, known }) => ({
    event: { ...envelope(request), kind: 'announce-changed', ...answer },
    known,
  }));
}

/**
 * Serves one round by one statement. All of it is applied or none.
 * @throws what the database refuses or fails with.
 */
export function answerRound(database: Database, round: Round): Promise<Answers> {
  switch (round.kind) {
    case 'change-karma':
      return karmaChanged(database, round.requests as ChangeKarma[]);
    case 'check-karma':
      return karmaChecked(database, round.requests as CheckKarma[]);
    case 'check-board':
      return boardChecked(database, round.requests as CheckBoard[]);
    case 'change-announce':
      return announceChanged(database, round.requests as ChangeAnnounce[]);
  }
}
