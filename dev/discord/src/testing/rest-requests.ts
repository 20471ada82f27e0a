import { DiscordAPIError } from 'discord.js';
import { type APIMessage, Routes } from 'discord-api-types/v10';
import type { LocalDiscord } from '../local-discord';
import { restFor } from './real-clients';

/** What the library raises for a request, reduced to what tells errors apart. */
export async function refusal(request: Promise<unknown>): Promise<{ status: number; code: number | string }> {
  try {
    await request;
  } catch (error) {
    if (error instanceof DiscordAPIError) return { status: error.status, code: error.code };
    throw error;
  }
  throw new Error('the request was not refused');
}

/** The nested `errors` object of a refusal with code 50035. */
export async function errorsOf(request: Promise<unknown>): Promise<unknown> {
  const error = await request.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DiscordAPIError)) throw new Error(`not refused by the API: ${String(error)}`);
  if (error.code !== 50035) throw error;
  return Reflect.get(error.rawError, 'errors');
}

/** The library's responses are `unknown`; Discord's types say what they are. */
export async function post(discord: LocalDiscord, channelId: string, body: object): Promise<APIMessage> {
  return (await restFor(discord).post(Routes.channelMessages(channelId), { body })) as APIMessage;
}

/** The contents of a page of history, in the order it came: newest first. */
export async function history(discord: LocalDiscord, channelId: string, query: Record<string, string>) {
  const rest = restFor(discord);
  const messages = await rest.get(Routes.channelMessages(channelId), { query: new URLSearchParams(query) });
  return (messages as APIMessage[]).map((message) => message.content);
}
