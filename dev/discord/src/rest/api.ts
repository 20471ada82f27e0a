import { RESTJSONErrorCodes } from 'discord-api-types/v10';
import type { RestFaults } from '../faults/rest-faults';
import { oddBody } from '../payload/oddities';
import type { Records } from '../records';
import { commandRoutes } from './command-routes';
import { ApiError, invalidJson, unauthorized } from './errors';
import { gatewayRoutes } from './gateway-routes';
import { guildRoutes } from './guild-routes';
import { historyRoutes } from './history-routes';
import { interactionRoutes } from './interaction-routes';
import { interactionWebhookRoutes } from './interaction-webhook-routes';
import { messageRoutes } from './message-routes';
import { type RequestBody, readBody } from './multipart';
import { RateLimiter, type RateLimitState } from './rate-limiter';
import { reactionRoutes } from './reaction-routes';
import { cutConnection, faultResponse, rateLimitedResponse, respond } from './response';
import type { RestContext, RestRequest, Route } from './route';
import { decoded, type RouteMatch, Router } from './router';
import { threadRoutes } from './thread-routes';
import { userRoutes } from './user-routes';

const API_PATH = /^\/api(?:\/v(\d+))?(\/.*)$/;
const API_VERSIONS: readonly (string | undefined)[] = [undefined, '9', '10'];

/** Every route there is. */
export const restRoutes: readonly Route[] = [
  ...gatewayRoutes,
  ...userRoutes,
  ...guildRoutes,
  ...threadRoutes,
  ...historyRoutes,
  ...messageRoutes,
  ...reactionRoutes,
  ...commandRoutes,
  ...interactionRoutes,
  ...interactionWebhookRoutes,
];

/** Discord's REST API: latency, faults, authorization, rate limits, then the route. */
export class RestApi {
  readonly #router = new Router<Route>(restRoutes);
  readonly #limiter: RateLimiter;

  constructor(
    private readonly context: RestContext,
    private readonly faults: RestFaults,
    private readonly records: Records,
  ) {
    this.#limiter = new RateLimiter(context.settings);
  }

  /** Responds to a request below `/api`. The URL is as the client wrote it. */
  async handle(request: Request, url: URL, gatewayUrl: string): Promise<Response> {
    const [, version, path = '/'] = API_PATH.exec(url.pathname) ?? [];
    const response = API_VERSIONS.includes(version)
      ? await this.#respondAt(request, url, path, gatewayUrl)
      : respond({
          status: 400,
          body: { message: 'Invalid API version', code: RESTJSONErrorCodes.InvalidAPIVersion },
        });
    this.records.request({
      atMs: Date.now(),
      method: request.method,
      path: decoded(path),
      status: response === 'cut' ? null : response.status,
    });
    return response === 'cut' ? cutConnection() : response;
  }

  async #respondAt(request: Request, url: URL, path: string, gatewayUrl: string): Promise<Response | 'cut'> {
    // Read before anything may wait: a client that goes away meanwhile has asked nevertheless.
    const body = await readBody(request).catch(refusalIn);
    await this.#latency();
    const fault = this.faults.take(request.method, decoded(path));
    if (fault?.delayMs) await Bun.sleep(fault.delayMs);
    if (fault?.drop === 'before-handling') return 'cut';
    const response =
      faultResponse(fault) ?? this.#handleSafely(request, path, url.searchParams, body, gatewayUrl);
    if (fault?.delayAfterMs) await Bun.sleep(fault.delayAfterMs);
    await this.#latency();
    return fault?.drop === 'after-handling' ? 'cut' : response;
  }

  #handleSafely(
    request: Request,
    path: string,
    query: URLSearchParams,
    sent: RequestBody | ApiError,
    gatewayUrl: string,
  ): Response {
    let limits: RateLimitState | null = null;
    try {
      const match = this.#router.match(request.method, path);
      if (!match.route.isPublic) this.#authorize(request);
      limits = this.#limiter.take(bucketOf(match), Date.now());
      if (limits.isGlobal) this.records.counts.globallyLimited++;
      if (!limits.ok) return rateLimitedResponse(limits);
      if (sent instanceof ApiError) throw sent;
      const restRequest: RestRequest = {
        params: match.params,
        query,
        body: sent.json === '' ? null : parseJson(sent.json),
        files: sent.files,
        gatewayUrl,
      };
      const { status, body } = match.route.handle(this.context, restRequest);
      return respond({ status, body: oddBody(body, this.context.settings.oddities) }, limits);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return respond({ status: error.status, body: error.body() }, limits);
    }
  }

  #authorize(request: Request): void {
    if (request.headers.get('authorization') !== `Bot ${this.context.settings.token}`) throw unauthorized();
  }

  async #latency(): Promise<void> {
    const { latencyMs } = this.context.settings;
    if (latencyMs > 0) await Bun.sleep(latencyMs / 2);
  }
}

function bucketOf({ route, params }: RouteMatch<Route>) {
  return {
    name: `${route.method} ${route.path}`,
    kind: route.bucket,
    isUncounted: route.isUncounted ?? false,
    major: params.channelId ?? params.guildId ?? params.token ?? 'global',
  };
}

/** What Discord says of a body that cannot be read; anything else is raised. */
function refusalIn(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson();
  }
}
