import { RESTJSONErrorCodes } from 'discord-api-types/v10';

/** What is wrong with a field of a form. */
export interface FormIssue {
  readonly code: string;
  readonly message: string;
}

/** The errors of a form, in a tree along the path of the field: `{ content: { _errors: [{ code, message }] } }`. */
export interface FormErrors {
  readonly [field: string]: FormErrors | readonly FormIssue[];
}

/** What Discord responds to a request that it does not fulfil. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
    readonly errors?: FormErrors,
  ) {
    super(message);
  }

  body(): object {
    return { message: this.message, code: this.code, ...(this.errors ? { errors: this.errors } : {}) };
  }
}

export const unauthorized = () => new ApiError(401, 0, '401: Unauthorized');
export const notFound = () => new ApiError(404, 0, '404: Not Found');
export const methodNotAllowed = () => new ApiError(405, 0, '405: Method Not Allowed');
export const unknownChannel = () => new ApiError(404, RESTJSONErrorCodes.UnknownChannel, 'Unknown Channel');
export const unknownGuild = () => new ApiError(404, RESTJSONErrorCodes.UnknownGuild, 'Unknown Guild');
export const unknownMember = () => new ApiError(404, RESTJSONErrorCodes.UnknownMember, 'Unknown Member');
export const unknownMessage = () => new ApiError(404, RESTJSONErrorCodes.UnknownMessage, 'Unknown Message');
export const unknownEmoji = () => new ApiError(400, RESTJSONErrorCodes.UnknownEmoji, 'Unknown Emoji');
export const unknownWebhook = () => new ApiError(404, RESTJSONErrorCodes.UnknownWebhook, 'Unknown Webhook');
export const unknownInteraction = () =>
  new ApiError(404, RESTJSONErrorCodes.UnknownInteraction, 'Unknown interaction');
export const alreadyAcknowledged = () =>
  new ApiError(
    400,
    RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged,
    'Interaction has already been acknowledged.',
  );
export const invalidWebhookToken = () =>
  new ApiError(401, RESTJSONErrorCodes.InvalidWebhookToken, 'Invalid Webhook Token');
export const missingAccess = () => new ApiError(403, RESTJSONErrorCodes.MissingAccess, 'Missing Access');
export const missingPermissions = () =>
  new ApiError(403, RESTJSONErrorCodes.MissingPermissions, 'Missing Permissions');
export const emptyMessage = () =>
  new ApiError(400, RESTJSONErrorCodes.CannotSendAnEmptyMessage, 'Cannot send an empty message');
export const wrongChannelType = () =>
  new ApiError(
    400,
    RESTJSONErrorCodes.CannotExecuteActionOnThisChannelType,
    'Cannot execute action on this channel type',
  );

/** 400 with code 50035: one field of the body, the path or the query is wrong. */
export function invalidForm(field: string, code: string, message: string): ApiError {
  return new ApiError(400, RESTJSONErrorCodes.InvalidFormBodyOrContentType, 'Invalid Form Body', {
    [field]: { _errors: [{ code, message }] },
  });
}

/** 400 with code 50109: the body is not JSON. */
export function invalidJson(): ApiError {
  return new ApiError(
    400,
    RESTJSONErrorCodes.RequestBodyContainsInvalidJSON,
    'The request body contains invalid JSON.',
  );
}

/** 403 with code 20012: the application of the path is another one than the bot's. */
export function otherApplication(): ApiError {
  return new ApiError(
    403,
    RESTJSONErrorCodes.NotAuthorizedToPerformThisActionOnThisApplication,
    'You are not authorized to perform this action on this application',
  );
}

/** Runs what reads one field of a body, and moves the errors it raises below that field. */
export function withinField<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ApiError) || error.errors === undefined) throw error;
    throw new ApiError(error.status, error.code, error.message, { [field]: error.errors });
  }
}
