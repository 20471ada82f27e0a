import type { APIApplicationCommand } from 'discord-api-types/v10';
import type { Command } from '../world/command';
import type { World } from '../world/world';

/** A command as REST responds with it. Discord leaves the translations out of a list unless they are asked for. */
export function commandPayload(
  world: World,
  command: Command,
  { withLocalizations }: { readonly withLocalizations: boolean },
): APIApplicationCommand {
  const payload = { ...command, application_id: world.botId };
  return withLocalizations ? payload : withoutLocalizations(payload);
}

function withoutLocalizations<T>(payload: T): T {
  return JSON.parse(
    JSON.stringify(payload, (name, value: unknown) =>
      name === 'name_localizations' || name === 'description_localizations' ? undefined : value,
    ),
  );
}
