import { describeError, type Log } from '@popple/shared/observability/log';
import { OperatorError } from '@popple/shared/process/operator-error';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import { retryTransient } from '@popple/shared/process/retry-transient';
import { PermissionFlagsBits, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import { meaningOf } from '../answers/discord-errors';
import { ResponseCache } from './response-cache';

/** Roles change rarely; somebody who lost the right to manage a server may keep it here for this long. */
const KEPT_FOR_MS = 120_000;

/** Servers, and members whose messages are backfilled, that are kept at once. */
const CAPACITY = 2_000;

const MANAGER = PermissionFlagsBits.ManageGuild | PermissionFlagsBits.Administrator;

const id = z.string().regex(/^\d+$/);
const guildSchema = z.object({ owner_id: id, roles: z.array(z.object({ id, permissions: id })) });
const memberSchema = z.object({ roles: z.array(id) });

/** What is needed of a server to know who manages it. */
interface Management {
  ownerId: string;
  managingRoles: ReadonlySet<string>;
}

/** A member of a server, with their roles where the message has them. */
export interface Asker {
  guildId: string;
  userId: string;
  roles: readonly string[] | undefined;
}

export interface ServerManagersOptions {
  rest: Pick<REST, 'get'>;
  log: Log;
  signal: AbortSignal;
}

/**
 * Who may manage which server: its owner, and who has a role with Manage Server or Administrator.
 * What Discord responds about a server is kept for two minutes.
 * @see https://discord.com/developers/docs/topics/permissions
 */
export class ServerManagers {
  readonly #options: ServerManagersOptions;
  readonly #servers = new ResponseCache<Management | undefined>(KEPT_FOR_MS, CAPACITY);
  readonly #members = new ResponseCache<readonly string[]>(KEPT_FOR_MS, CAPACITY);

  constructor(options: ServerManagersOptions) {
    this.#options = options;
  }

  /**
   * Whether a member may manage a server. Waits with growing pauses, up to 30 s, for as long as Discord cannot be asked;
   * a server or member that Discord does not know, or does not show, has no such rights.
   * @throws OperatorError when Discord no longer accepts the token; the signal's reason when the process stops first.
   */
  async mayManage({ guildId, userId, roles }: Asker): Promise<boolean> {
    const server = await this.#servers.get(guildId, () => this.#askServer(guildId));
    if (server === undefined) return false;
    if (userId === server.ownerId || server.managingRoles.has(guildId)) return true;
    // A message that is backfilled has no roles.
    const held =
      roles ?? (await this.#members.get(`${guildId}.${userId}`, () => this.#askRoles(guildId, userId)));
    return held.some((role) => server.managingRoles.has(role));
  }

  async #askServer(guildId: string): Promise<Management | undefined> {
    const guild = await this.#ask(Routes.guild(guildId), guildSchema);
    if (guild === undefined) return undefined;
    const managing = guild.roles.filter(({ permissions }) => (BigInt(permissions) & MANAGER) !== 0n);
    return { ownerId: guild.owner_id, managingRoles: new Set(managing.map((role) => role.id)) };
  }

  async #askRoles(guildId: string, userId: string): Promise<readonly string[]> {
    return (await this.#ask(Routes.guildMember(guildId, userId), memberSchema))?.roles ?? [];
  }

  /** Undefined where Discord's response is final and not what was asked for. */
  async #ask<Response>(route: `/${string}`, schema: z.ZodType<Response>): Promise<Response | undefined> {
    const { rest, log, signal } = this.#options;
    const meaning = (error: unknown) => (error instanceof z.ZodError ? 'refused' : meaningOf(error));
    try {
      return await retryTransient(async () => schema.parse(await rest.get(route)), {
        pace: RETRY_PACES.discord,
        signal,
        isTransient: (error) => meaning(error) === 'later',
        onRetry: (error, pauseMs) =>
          log.warn(
            `cannot ask Discord who manages a server: ${describeError(error)}; trying again in ${pauseMs} ms`,
          ),
      });
    } catch (error) {
      if (error === signal.reason) throw error;
      if (meaning(error) === 'unauthorized') {
        throw new OperatorError('Discord does not accept DISCORD_TOKEN any more; give the bot a valid one', {
          cause: error,
        });
      }
      log.warn(`cannot learn who manages a server: GET ${route}: ${describeError(error)}`);
      return undefined;
    }
  }
}
