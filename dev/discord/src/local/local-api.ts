import { ApiError } from '../rest/errors';
import { Router } from '../rest/router';
import { WorldError } from '../world/model';
import { LocalError, type LocalRoute } from './local-route';

/** Everything under `/_local/`, which Discord does not have: the chat page's side, and the tests'. */
export class LocalApi {
  readonly #router: Router<LocalRoute>;

  constructor(routes: readonly LocalRoute[]) {
    this.#router = new Router(routes);
  }

  /** Responds with a `ChatError` and a 4xx status what it cannot do. */
  async handle(request: Request, url: URL): Promise<Response> {
    try {
      const text = request.body ? await request.text() : '';
      if (text !== '' && !request.headers.get('content-type')?.startsWith('application/json')) {
        // Also keeps forms of other web pages out: they cannot send this content type.
        throw new LocalError(415, 'send JSON, with content-type: application/json');
      }
      const { route, params } = this.#router.match(request.method, url.pathname);
      return await route.handle({ params, query: url.searchParams, body: parseJson(text) });
    } catch (error) {
      return Response.json({ error: messageOf(error) }, { status: statusOf(error) });
    }
  }
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new LocalError(400, 'the body is not JSON');
  }
}

/** Raises what is none of the errors that say what the caller did wrong. */
function statusOf(error: unknown): number {
  if (error instanceof LocalError || error instanceof ApiError) return error.status;
  if (error instanceof WorldError) return error.reason.startsWith('unknown-') ? 404 : 400;
  throw error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
