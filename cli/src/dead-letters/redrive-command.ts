import { describeDuration } from '@popple/shared/config/describe-duration';
import { OperatorError } from '@popple/shared/process/operator-error';
import { pause } from '@popple/shared/process/pause';
import { NatsError } from 'nats';
import { describeNatsError } from '../terminal/nats-error';
import { EXIT } from '../terminal/run-tool';
import type { DeadContext } from './commands';
import { type Redriven, redrive } from './redrive';

export interface RedriveOptions {
  /** How long the ledger remembers, LEDGER_RETENTION. */
  ledgerRetentionMs: number;
  /** Waits until a stream has forgotten the ids of the originals, where it has not. */
  wait: boolean;
}

type TooSoon = Extract<Redriven, { outcome: 'too-soon' }>;

/** Tries a hundred times in a window, which is exact enough for two minutes and kind to NATS. */
const TRIES_PER_WINDOW = 100;
/** NATS forgets ids by a timer that may be somewhat late. */
const WINDOWS_OF_PATIENCE = 2;

function account(number: number, result: Exclude<Redriven, TooSoon>): string {
  switch (result.outcome) {
    case 'redriven':
      return `Redrove ${number} to ${result.subject}, as message ${result.sequence}.`;
    case 'there':
      return `${number} had been redriven to ${result.subject} already, as message ${result.sequence}; deleted the letter.`;
    case 'refused':
      return `Kept ${number}: ${result.reason}.`;
    case 'gone':
      return `There is no dead letter ${number} (any more).`;
  }
}

/**
 * Redrives letters one after another, says what came of each, and returns the exit code: 3 when some could not be. Letters
 * whose originals are too young come last, when their streams have forgotten those; until then they stay where they are.
 * @throws OperatorError when NATS cannot be asked or a stream is full; what is not redriven by then is still a letter.
 */
export async function redriveLetters(
  { run, jetStream }: DeadContext,
  numbers: readonly number[],
  options: RedriveOptions,
): Promise<number> {
  const context = { ...jetStream, ledgerRetentionMs: options.ledgerRetentionMs };
  const attempt = (number: number) =>
    redrive(context, number).catch((error: unknown) => {
      if (!(error instanceof NatsError)) throw error;
      const reason = describeNatsError(error);
      throw new OperatorError(
        `Kept ${number} and what comes after it, because NATS does not take it: ${reason}.`,
      );
    });
  let isComplete = true;
  const answered: ({ number: number } & Redriven)[] = [];
  const tell = (number: number, result: Exclude<Redriven, TooSoon>) => {
    answered.push({ number, ...result });
    run.print(`${account(number, result)}\n`);
    if (result.outcome === 'refused' || result.outcome === 'gone') isComplete = false;
  };

  async function redriveLater(number: number, first: TooSoon): Promise<void> {
    const giveUpAtMs = Date.now() + first.windowMs * WINDOWS_OF_PATIENCE;
    for (let result: Redriven = first; result.outcome === 'too-soon'; ) {
      if (run.signal.aborted || Date.now() > giveUpAtMs) {
        answered.push({ number, ...result });
        run.say(`Kept ${number}: ${result.stream} still remembers the id of its original. Try again later.`);
        isComplete = false;
        return;
      }
      await pause(result.windowMs / TRIES_PER_WINDOW, run.signal);
      result = await attempt(number);
      if (result.outcome !== 'too-soon') tell(number, result);
    }
  }

  const later: [number, TooSoon][] = [];
  for (const number of numbers) {
    if (run.signal.aborted) break;
    const result = await attempt(number);
    if (result.outcome !== 'too-soon') tell(number, result);
    else later.push([number, result]);
  }
  for (const [number, tooSoon] of later) {
    if (options.wait && !run.signal.aborted) {
      run.say(
        `${number} waits: ${tooSoon.stream} remembers the id of its original for ${describeDuration(tooSoon.windowMs)} ` +
          'and would drop it as sent twice. Ctrl-C keeps the letter.',
      );
      await redriveLater(number, tooSoon);
    } else {
      answered.push({ number, ...tooSoon });
      run.say(
        `Kept ${number}: ${tooSoon.stream} remembers the id of its original for ${describeDuration(tooSoon.windowMs)} ` +
          'and would drop it as sent twice. Try again then.',
      );
      isComplete = false;
    }
  }
  run.answer(answered);
  return isComplete && !run.signal.aborted ? EXIT.done : EXIT.incomplete;
}
