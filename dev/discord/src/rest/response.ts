import type { RestFault } from '../faults/rest-faults';
import type { RateLimitState } from './rate-limiter';
import type { RestResponse } from './route';

const STATUS_MESSAGES: Readonly<Record<number, string>> = {
  401: '401: Unauthorized',
  403: 'Missing Access',
  404: '404: Not Found',
  500: '500: Internal Server Error',
  502: '502: Bad Gateway',
  503: '503: Service Unavailable',
};

/** Discord's codes for the statuses that are usually met with one. */
const STATUS_CODES: Readonly<Record<number, number>> = { 403: 50001 };

/** A response with the headers of the rate limit it counted against, if any. */
export function respond({ status, body }: RestResponse, limits: RateLimitState | null = null): Response {
  const headers = limits?.headers ?? {};
  if (body === undefined) return new Response(null, { status, headers });
  return Response.json(body, { status, headers });
}

/** A 429. Discord gives whole seconds in the header and the fraction in the body. */
export function rateLimitedResponse({ isGlobal, retryAfterMs, headers }: RateLimitState): Response {
  return tooManyRequests(Math.ceil(retryAfterMs / 1000), retryAfterMs, isGlobal, headers ?? {});
}

/** What a fault responds with instead of the right response; null when it leaves that alone. */
export function faultResponse(fault: RestFault | null): Response | null {
  if (fault?.status === undefined) return null;
  const { status, retryAfterMs = 1000, isGlobal = false, body } = fault;
  if (status === 429 && body === undefined) {
    return tooManyRequests(
      retryAfterMs / 1000,
      retryAfterMs,
      isGlobal,
      isGlobal ? {} : exhausted(retryAfterMs),
    );
  }
  const message = STATUS_MESSAGES[status] ?? `${status}: an injected fault`;
  return Response.json(body ?? { message, code: STATUS_CODES[status] ?? 0 }, { status });
}

/** Ends the connection without a response: a body that fails before its first byte makes the server hang up. */
export function cutConnection(): Response {
  return new Response(
    new ReadableStream({
      start: (controller) => controller.error(undefined),
    }),
  );
}

/** The headers of a bucket with nothing left, so that a client waits for the bucket and not only for this request. */
function exhausted(resetAfterMs: number): Record<string, string> {
  return {
    'X-RateLimit-Limit': '5',
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-Reset': ((Date.now() + resetAfterMs) / 1000).toFixed(3),
    'X-RateLimit-Reset-After': (resetAfterMs / 1000).toFixed(3),
  };
}

function tooManyRequests(
  headerSeconds: number,
  retryAfterMs: number,
  isGlobal: boolean,
  headers: Readonly<Record<string, string>>,
): Response {
  return Response.json(
    { message: 'You are being rate limited.', retry_after: retryAfterMs / 1000, global: isGlobal },
    {
      status: 429,
      headers: {
        ...headers,
        'Retry-After': String(headerSeconds),
        'X-RateLimit-Scope': isGlobal ? 'global' : 'user',
        ...(isGlobal ? { 'X-RateLimit-Global': 'true' } : {}),
      },
    },
  );
}
