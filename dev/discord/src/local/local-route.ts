import type { z } from 'zod';

export interface LocalRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON body; undefined when there is none. */
  readonly body: unknown;
}

export interface LocalRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `:name` for what varies. */
  readonly path: string;
  /** May raise `LocalError` and `WorldError`. */
  handle(request: LocalRequest): Response | Promise<Response>;
}

/** A request under `/_local/` that is refused. */
export class LocalError extends Error {
  override readonly name = 'LocalError';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Raises `LocalError` (400) that names the wrong field and the reason. */
export function parsed<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new LocalError(400, issues.join('; '));
}

export const created = (body: unknown): Response => Response.json(body, { status: 201 });
export const done = (): Response => new Response(null, { status: 204 });
