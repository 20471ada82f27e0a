import type { InteractionFaults } from '../faults/interaction-faults';
import type { IdentifyLimit } from '../gateway/identify-limit';
import type { Settings } from '../settings';
import type { World } from '../world/world';
import { invalidForm } from './errors';
import type { UploadedFile } from './multipart';
import type { BucketKind } from './rate-limiter';

/** What a route needs to know of the rest. */
export interface RestContext {
  readonly world: World;
  readonly settings: Settings;
  readonly identifyLimit: IdentifyLimit;
  readonly interactionFaults: InteractionFaults;
}

export interface RestRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON body; null when there is none. */
  readonly body: unknown;
  /** What was uploaded beside it. */
  readonly files: readonly UploadedFile[];
  /** The gateway as the client reaches it. */
  readonly gatewayUrl: string;
}

/** `body` is left out of a 204. */
export interface RestResponse {
  readonly status: number;
  readonly body?: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As in Discord's documentation, with `:name` for what varies: `/channels/:channelId/messages`. */
  readonly path: string;
  readonly bucket: BucketKind;
  /** Allowed without a token. */
  readonly isPublic?: boolean;
  /** Does not count against the limit of all requests together. */
  readonly isUncounted?: boolean;
  /** May raise `ApiError`. */
  handle(context: RestContext, request: RestRequest): RestResponse;
}

export const NO_CONTENT: RestResponse = { status: 204 };

export function ok(body: unknown): RestResponse {
  return { status: 200, body };
}

/** An id from the path. Raises `ApiError` when it is not one. */
export function idParam({ params }: RestRequest, name: string): string {
  return checkedId(params[name] ?? '', name);
}

/** Raises `ApiError` when the value is not a snowflake. */
export function checkedId(value: string, field: string): string {
  if (/^\d{1,20}$/.test(value)) return value;
  throw invalidForm(field, 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`);
}
