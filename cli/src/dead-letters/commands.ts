import type { JetStream } from '@popple/shared/messaging/jetstream';
import { deadSubjectsOf, SUBJECTS } from '@popple/shared/messaging/subjects';
import { STREAMS } from '@popple/shared/messaging/topology';
import { UsageError } from '@popple/shared/operator/command-line';
import { OperatorError } from '@popple/shared/process/operator-error';
import type { MsgHdrs } from 'nats';
import { readStream, storedAtMs } from '../streams/read-stream';
import { EXIT, type ToolRun } from '../terminal/run-tool';
import { confirm } from './confirm';
import { deleteLetter, reasonsInStream, takeLetter, type WholeLetter } from './dead-stream';
import { fullText } from './full-text';
import { type Letter, readLetter } from './letter';
import { letterTable } from './table';

/** What the commands work with. */
export interface DeadContext {
  run: ToolRun;
  jetStream: JetStream;
}

/** The letters there are now, of one reason or of all, oldest first, without their payloads. */
export async function allLetters(
  { run, jetStream }: DeadContext,
  reason: string | undefined,
): Promise<Letter[]> {
  const reading = await readStream(
    { ...jetStream, signal: run.signal, log: run.log },
    {
      stream: STREAMS.dead,
      filterSubject: reason === undefined ? SUBJECTS.dead : deadSubjectsOf(reason),
      headersOnly: true,
    },
  );
  const letters: Letter[] = [];
  for await (const batch of reading.batches()) {
    for (const message of batch) {
      const { seq: sequence, subject, headers } = message;
      letters.push(readLetter({ sequence, subject, headers, storedAt: new Date(storedAtMs(message)) }));
    }
  }
  return letters;
}

/** Says why there is nothing to do. */
export async function sayNone({ run, jetStream }: DeadContext, reason: string | undefined): Promise<void> {
  const reasons = await reasonsInStream(jetStream.manager);
  if (reasons.size === 0) return void run.say('There are no dead letters.');
  const others = [...reasons].map(([name, count]) => `${name} (${count})`).join(', ');
  run.say(`There are no dead letters with the reason ${reason}; there are: ${others}.`);
}

/** Prints the table of letters. */
export async function list(context: DeadContext, reason: string | undefined): Promise<number> {
  const letters = await allLetters(context, reason);
  if (context.run.signal.aborted) return EXIT.failed;
  context.run.answer(letters);
  if (letters.length === 0) await sayNone(context, reason);
  else context.run.print(letterTable(letters, process.stdout.isTTY ? process.stdout.columns : undefined));
  return EXIT.done;
}

async function mustTake({ jetStream }: DeadContext, number: number): Promise<WholeLetter> {
  const found = await takeLetter(jetStream.manager, number);
  if (found !== undefined) return found;
  throw new OperatorError(`there is no dead letter ${number}; bun run dead list shows those there are`);
}

function headersOf(headers: MsgHdrs | undefined): Record<string, string[]> {
  return Object.fromEntries((headers?.keys() ?? []).map((name) => [name, headers?.values(name) ?? []]));
}

/** Prints letters with headers and payloads. */
export async function show(context: DeadContext, numbers: readonly number[]): Promise<number> {
  const shown: object[] = [];
  for (const [index, number] of numbers.entries()) {
    const { letter, message } = await mustTake(context, number);
    shown.push({
      ...letter,
      headers: headersOf(message.header),
      payload: new TextDecoder().decode(message.data),
    });
    context.run.print(`${index > 0 ? '\n' : ''}${fullText(letter, message.header, message.data)}`);
  }
  context.run.answer(shown);
  return EXIT.done;
}

/** Deletes letters, after a question at a terminal, with `yes` elsewhere. */
export async function drop(context: DeadContext, numbers: readonly number[], yes: boolean): Promise<number> {
  const { run, jetStream } = context;
  const dropped: number[] = [];
  if (!yes && !process.stdin.isTTY)
    throw new UsageError('drop deletes for good: without a terminal to ask at, say --yes');
  for (const number of numbers) {
    const { letter } = await mustTake(context, number);
    const what = `dead letter ${number} (${letter.reason}, from ${letter.subject ?? 'nobody knows where'})`;
    if (!yes && !(await confirm(`Drop ${what}? It cannot be brought back.`, run.signal))) {
      run.say(`Kept dead letter ${number}.`);
      run.answer({ dropped });
      return EXIT.incomplete;
    }
    await deleteLetter(jetStream.manager, number);
    dropped.push(number);
    run.print(`Dropped ${what}.\n`);
  }
  run.answer({ dropped });
  return EXIT.done;
}
