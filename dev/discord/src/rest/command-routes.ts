import {
  type RESTGetAPIApplicationCommandsResult,
  RESTJSONErrorCodes,
  type RESTPutAPIApplicationCommandsResult,
} from 'discord-api-types/v10';
import { commandPayload } from '../payload/command';
import type { World } from '../world/world';
import { ApiError, otherApplication } from './errors';
import { readCommands } from './forms/command-form';
import { idParam, ok, type RestRequest, type Route } from './route';

const PATH = '/applications/:applicationId/commands';
const DAY_MS = 24 * 60 * 60 * 1000;

/** The commands of the app. Those of a single server are not here. */
export const commandRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: PATH,
    bucket: 'others',
    handle: ({ world }, request) => {
      checkApplication(world, request);
      const withLocalizations = request.query.get('with_localizations') === 'true';
      const result: RESTGetAPIApplicationCommandsResult = world
        .commands()
        .map((command) => commandPayload(world, command, { withLocalizations }));
      return ok(result);
    },
  },
  {
    method: 'PUT',
    path: PATH,
    bucket: 'others',
    handle: ({ world, settings }, request) => {
      checkApplication(world, request);
      const definitions = readCommands(request.body);
      const creates = world.commandsCreatedSince(Date.now() - DAY_MS) + world.countNewCommands(definitions);
      if (creates > settings.commandCreatesPerDay) throw tooManyCreates(settings);
      const result: RESTPutAPIApplicationCommandsResult = world
        .replaceCommands(definitions)
        .map((command) => commandPayload(world, command, { withLocalizations: true }));
      return ok(result);
    },
  },
];

function tooManyCreates({ commandCreatesPerDay }: { readonly commandCreatesPerDay: number }): ApiError {
  return new ApiError(
    400,
    RESTJSONErrorCodes.MaximumDailyApplicationCommandCreatesReached,
    `Max number of daily application command creates has been reached (${commandCreatesPerDay})`,
  );
}

function checkApplication(world: World, request: RestRequest): void {
  if (idParam(request, 'applicationId') !== world.botId) throw otherApplication();
}
