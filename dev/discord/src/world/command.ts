import type { APIApplicationCommand } from 'discord-api-types/v10';

/** A command that the app has registered, for all servers. */
export type Command = Omit<APIApplicationCommand, 'application_id'>;

/** What an app says of a command; its id and version are Discord's. */
export type CommandDefinition = Omit<Command, 'id' | 'version'>;
