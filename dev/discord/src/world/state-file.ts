import { Database, SQLiteError } from 'bun:sqlite';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { OperatorError } from '@popple/shared/process/operator-error';
import type { WorldChange } from './change';
import type { Command } from './command';
import type { Channel, Guild, Member, Message, WorldSnapshot } from './model';
import type { World } from './world';

const LAYOUT_VERSION = 1;
const FLUSH_AFTER_MS = 100;

/** All commands are one entity, under an id that is none of Discord's. */
const COMMANDS_ID = 'commands';

const TABLES = `
  CREATE TABLE IF NOT EXISTS entity (id TEXT PRIMARY KEY, kind TEXT NOT NULL, place INTEGER NOT NULL, json TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, channel_id TEXT NOT NULL, json TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS message_channel ON message (channel_id, id);
`;

/** The file cannot be used as the local Discord's memory. */
export class StateFileError extends OperatorError {
  override readonly name = 'StateFileError';
}

/**
 * Keeps a world in a SQLite file. Changes are collected and written together a moment later, in one transaction, so
 * that a message costs no write of its own; a process that is killed loses at most the last tenth of a second.
 */
export class StateFile {
  readonly #db: Database;
  /** By id; null is deleted. A message that changes twice before a flush is written once. */
  readonly #dirtyMessages = new Map<string, Message | null>();
  readonly #dirtyEntities = new Map<
    string,
    { kind: string; value: Guild | Channel | Member | readonly Command[] } | null
  >();
  /** Keeps the order of creation, also of what is changed later. */
  #nextPlace: number;
  #trims: { readonly channelId: string; readonly beforeId: string }[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #unsubscribe: () => void = () => undefined;

  /** Opens or makes the file. Raises `StateFileError` when it is in use, or is not (or no longer) such a file. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    try {
      this.#db = new Database(path, { create: true, strict: true });
      this.#db.run('PRAGMA locking_mode = EXCLUSIVE');
      this.#db.run('PRAGMA journal_mode = WAL');
      this.#db.run('PRAGMA synchronous = NORMAL');
      this.#db.run(TABLES);
    } catch (cause) {
      throw new StateFileError(explain(path, cause), { cause });
    }
    const { user_version: version } = this.#db
      .query<{ user_version: number }, []>('PRAGMA user_version')
      .get() ?? { user_version: 0 };
    if (version !== 0 && version !== LAYOUT_VERSION) {
      this.#db.close();
      throw new StateFileError(
        `${path} was written by another version of Popple (layout ${version}, expected ${LAYOUT_VERSION}): delete it to start over`,
      );
    }
    this.#nextPlace =
      this.#db.query<{ next: number }, []>('SELECT ifnull(max(place) + 1, 0) AS next FROM entity').get()
        ?.next ?? 0;
    this.#db.run(`PRAGMA user_version = ${LAYOUT_VERSION}`);
  }

  /** The world as it was, with the newest `historyLimit` messages of each channel; null for a new file. */
  load(historyLimit: number): WorldSnapshot | null {
    const rows = this.#db
      .query<{ kind: string; json: string }, []>('SELECT kind, json FROM entity ORDER BY place')
      .all();
    if (rows.length === 0) return null;
    const ofKind = (kind: string) => rows.filter((row) => row.kind === kind).map((row) => row.json);
    const messages = this.#db
      .query<{ json: string }, [number]>(
        `SELECT json FROM (
           SELECT id, json, row_number() OVER (PARTITION BY channel_id ORDER BY id DESC) AS age FROM message
         ) WHERE age <= ? ORDER BY id`,
      )
      .all(historyLimit);
    // The layout version above guarantees that these are the shapes of today.
    return {
      guilds: ofKind('guild').map((json): Guild => JSON.parse(json)),
      channels: ofKind('channel').map((json): Channel => JSON.parse(json)),
      members: ofKind('member').map((json): Member => JSON.parse(json)),
      messages: messages.map(({ json }): Message => JSON.parse(json)),
      commands: ofKind('commands').flatMap((json): Command[] => JSON.parse(json)),
    };
  }

  /** Writes what a world is, and from now on what changes in it. */
  follow(world: World): void {
    for (const member of world.members()) this.#keep('member', member);
    for (const guild of world.guilds()) {
      this.#keep('guild', guild);
      for (const channel of world.channels(guild.id)) this.#keep('channel', channel);
    }
    for (const dm of world.dms()) this.#keep('channel', dm);
    this.#keepCommands(world.commands());
    this.#unsubscribe = world.onChange((change) => this.#note(change));
  }

  /** Writes everything that is not written yet, now. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#db.transaction(() => this.#write())();
  }

  /** Writes the rest and lets go of the file. */
  close(): void {
    this.#unsubscribe();
    this.flush();
    this.#db.close();
  }

  #note(change: WorldChange): void {
    switch (change.kind) {
      case 'message-created':
      case 'message-edited':
      case 'reaction-added':
      case 'reaction-removed':
        this.#dirtyMessages.set(change.message.id, change.message);
        break;
      case 'message-deleted':
        this.#dirtyMessages.set(change.message.id, null);
        break;
      case 'messages-deleted':
        for (const { id } of change.messages) this.#dirtyMessages.set(id, null);
        break;
      case 'history-trimmed':
        this.#trims.push(change);
        break;
      case 'guild-created':
      case 'guild-changed':
      case 'roles-changed':
        this.#keep('guild', change.guild);
        break;
      case 'guild-removed':
        // To the end: its channels may be among what is still to be written.
        this.#dirtyEntities.delete(change.guild.id);
        this.#dirtyEntities.set(change.guild.id, null);
        break;
      case 'channel-created':
      case 'channel-changed':
        this.#keep('channel', change.channel);
        break;
      case 'member-created':
      case 'member-changed':
        this.#keep('member', change.member);
        break;
      case 'commands-changed':
        this.#keepCommands(change.commands);
        break;
      default:
        return;
    }
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
  }

  #keep(kind: 'guild' | 'channel' | 'member', value: Guild | Channel | Member): void {
    this.#dirtyEntities.set(value.id, { kind, value });
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
  }

  #keepCommands(commands: readonly Command[]): void {
    this.#dirtyEntities.set(COMMANDS_ID, { kind: 'commands', value: commands });
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
  }

  #write(): void {
    const keepEntity = this.#db.query(
      `INSERT INTO entity (id, kind, place, json) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET json = excluded.json`,
    );
    const dropMessagesOfGuild = this.#db.query(
      "DELETE FROM message WHERE channel_id IN (SELECT id FROM entity WHERE json ->> '$.guildId' = ?)",
    );
    const dropGuild = this.#db.query("DELETE FROM entity WHERE id = ?1 OR json ->> '$.guildId' = ?1");
    for (const [id, entity] of this.#dirtyEntities) {
      if (entity) keepEntity.run(id, entity.kind, this.#nextPlace++, JSON.stringify(entity.value));
      else {
        dropMessagesOfGuild.run(id);
        dropGuild.run(id);
      }
    }
    const keepMessage = this.#db.query(
      'INSERT OR REPLACE INTO message (id, channel_id, json) VALUES (?, ?, ?)',
    );
    const dropMessage = this.#db.query('DELETE FROM message WHERE id = ?');
    for (const [id, message] of this.#dirtyMessages) {
      if (message) keepMessage.run(BigInt(id), message.channelId, JSON.stringify(message));
      else dropMessage.run(BigInt(id));
    }
    const trim = this.#db.query('DELETE FROM message WHERE channel_id = ? AND id < ?');
    for (const { channelId, beforeId } of this.#trims) trim.run(channelId, BigInt(beforeId));
    this.#dirtyEntities.clear();
    this.#dirtyMessages.clear();
    this.#trims = [];
  }
}

function explain(path: string, cause: unknown): string {
  if (cause instanceof SQLiteError && cause.code === 'SQLITE_BUSY') {
    return `${path} is in use: another local Discord runs on it; stop that one or choose another file`;
  }
  if (cause instanceof SQLiteError && cause.code === 'SQLITE_NOTADB') {
    return `${path} is not a state file of the local Discord: choose another file, or delete it to start over`;
  }
  return `${path} cannot be opened as the local Discord's state: ${cause instanceof Error ? cause.message : String(cause)}`;
}
