import { PermissionFlagsBits, Routes } from 'discord.js';
import { z } from 'zod';
import { askRest, type RestAsking } from './ask-rest';
import { ResponseCache } from './response-cache';

/** Roles change rarely; somebody who lost the right to manage a server may keep it here for this long. */
const KEPT_FOR_MS = 120_000;

/** Servers, and members whose messages are backfilled, that are kept at once. */
const CAPACITY = 2_000;

/** What Discord is asked, for the log. */
const WHY = 'who manages a server';

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

/**
 * Who may manage which server: its owner, and who has a role with Manage Server or Administrator.
 * What Discord responds about a server is kept for two minutes.
 * @see https://discord.com/developers/docs/topics/permissions
 */
export class ServerManagers {
  readonly #options: RestAsking;
  readonly #servers = new ResponseCache<Management | undefined>(KEPT_FOR_MS, CAPACITY);
  readonly #members = new ResponseCache<readonly string[]>(KEPT_FOR_MS, CAPACITY);

  constructor(options: RestAsking) {
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
    const guild = await askRest(this.#options, WHY, Routes.guild(guildId), guildSchema);
    if (guild === undefined) return undefined;
    const managing = guild.roles.filter(({ permissions }) => (BigInt(permissions) & MANAGER) !== 0n);
    return { ownerId: guild.owner_id, managingRoles: new Set(managing.map((role) => role.id)) };
  }

  async #askRoles(guildId: string, userId: string): Promise<readonly string[]> {
    const route = Routes.guildMember(guildId, userId);
    return (await askRest(this.#options, WHY, route, memberSchema))?.roles ?? [];
  }
}
