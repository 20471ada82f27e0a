import type { z } from 'zod';
import { chatErrorSchema } from '../chat-contract';
import {
  type ControlCommand,
  type ControlInput,
  type ControlRecords,
  type ControlResult,
  controlRecordsSchema,
  controlResults,
} from './control-contract';

/** A local Discord in another process did not do what it was asked. */
export class ControlError extends Error {
  override readonly name = 'ControlError';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const RESULTS: { readonly [Name in ControlCommand['do']]: z.ZodType<ControlResult<Name>> } = controlResults;

/** Speaks to a local Discord that runs in a process of its own. */
export class LocalDiscordControl {
  /** The URL as `LocalDiscord.url` has it. */
  constructor(private readonly url: string) {}

  /** Has a command executed. Raises `ControlError` when it is refused, and fetch's error when nobody is there. */
  async do<Name extends ControlCommand['do']>(
    command: Extract<ControlInput, { do: Name }>,
  ): Promise<ControlResult<Name>> {
    const name: Name = command.do;
    return RESULTS[name].parse(await this.#ask('POST', '/_local/control', command));
  }

  /** What the bots did since the start, or since `clearRecords()`. */
  async records(): Promise<ControlRecords> {
    return controlRecordsSchema.parse(await this.#ask('GET', '/_local/records'));
  }

  async clearRecords(): Promise<void> {
    await this.#ask('DELETE', '/_local/records');
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    if (response.ok) return answer;
    throw new ControlError(response.status, chatErrorSchema.safeParse(answer).data?.error ?? text);
  }
}
