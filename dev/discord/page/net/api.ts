import type {
  AdministratorRequest,
  ChatChannel,
  ChatDm,
  ChatError,
  ChatGuild,
  ChatMember,
  ChatMessage,
  DeleteRequest,
  EditRequest,
  LocaleRequest,
  NameRequest,
  ReactRequest,
  SayRequest,
} from '../../src/chat-contract';
import type { ChatCommand, InvocationInput, Outcome } from '../../src/interaction-contract';

/** The local Discord refused, or could not be reached; the message is a sentence to show. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
}

const UNREACHABLE = 'The local Discord cannot be reached. Is it still running?';

/** The local Discord's control API, as `chat-contract.ts` describes it. Every call may reject with an `ApiError`. */
export const api = {
  history(channelId: string, limit: number, before?: string): Promise<ChatMessage[]> {
    const query = new URLSearchParams({ limit: String(limit) });
    if (before !== undefined) query.set('before', before);
    return call('GET', `channels/${channelId}/messages?${query}`);
  },
  say(channelId: string, request: SayRequest): Promise<ChatMessage> {
    return call('POST', `channels/${channelId}/messages`, request);
  },
  edit(message: ChatMessage, request: EditRequest): Promise<ChatMessage> {
    return call('PATCH', `channels/${message.channelId}/messages/${message.id}`, request);
  },
  remove(message: ChatMessage, request: DeleteRequest): Promise<void> {
    return call('DELETE', `channels/${message.channelId}/messages/${message.id}`, request);
  },
  react(method: 'PUT' | 'DELETE', message: ChatMessage, emoji: string, request: ReactRequest): Promise<void> {
    const path = `channels/${message.channelId}/messages/${message.id}/reactions/${encodeURIComponent(emoji)}`;
    return call(method, path, request);
  },
  addMember(request: NameRequest): Promise<ChatMember> {
    return call('POST', 'members', request);
  },
  addGuild(request: NameRequest): Promise<ChatGuild> {
    return call('POST', 'guilds', request);
  },
  addChannel(guildId: string, request: NameRequest): Promise<ChatChannel> {
    return call('POST', `guilds/${guildId}/channels`, request);
  },
  commands(channelId: string, memberId: string): Promise<ChatCommand[]> {
    return call('GET', `channels/${channelId}/commands?${new URLSearchParams({ memberId })}`);
  },
  /** Answers once the app has, or after its three seconds. */
  interact(invocation: InvocationInput): Promise<Outcome> {
    return call('POST', 'interactions', invocation);
  },
  setLocale(memberId: string, request: LocaleRequest): Promise<void> {
    return call('PUT', `members/${memberId}/locale`, request);
  },
  setAdministrator(guildId: string, memberId: string, request: AdministratorRequest): Promise<void> {
    return call('PUT', `guilds/${guildId}/administrators/${memberId}`, request);
  },
  dm(memberId: string): Promise<ChatDm> {
    return call('GET', `members/${memberId}/dm`);
  },
};

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { 'content-type': 'application/json' };
  }
  const response = await fetch(`/_local/${path}`, init).catch((cause: unknown) => {
    throw new ApiError(UNREACHABLE, { cause });
  });
  if (!response.ok) throw new ApiError(await refusal(response));
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

async function refusal(response: Response): Promise<string> {
  const answer: Partial<ChatError> = await response.json().catch(() => ({}));
  return answer.error ?? `The local Discord answered ${response.status} ${response.statusText}.`;
}
