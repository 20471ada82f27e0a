import { methodNotAllowed, notFound } from './errors';

/** What a router needs to know of a route. */
export interface Routable {
  readonly method: string;
  /** With `:name` for what varies. */
  readonly path: string;
}

export interface RouteMatch<R extends Routable> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>>;
}

interface CompiledRoute<R extends Routable> {
  readonly route: R;
  readonly segments: readonly string[];
}

/** Finds the route of a request by the segments of its path. */
export class Router<R extends Routable> {
  readonly #byLength = new Map<number, CompiledRoute<R>[]>();

  constructor(routes: readonly R[]) {
    for (const route of routes) {
      const segments = segmentsOf(route.path);
      const group = this.#byLength.get(segments.length) ?? [];
      group.push({ route, segments });
      this.#byLength.set(segments.length, group);
    }
  }

  /** Raises `ApiError` for a path that is unknown (404), or known but not with this method (405). */
  match(method: string, path: string): RouteMatch<R> {
    const segments = segmentsOf(path);
    let pathIsKnown = false;
    for (const { route, segments: pattern } of this.#byLength.get(segments.length) ?? []) {
      const params = matchSegments(pattern, segments);
      if (!params) continue;
      if (route.method === method) return { route, params };
      pathIsKnown = true;
    }
    throw pathIsKnown ? methodNotAllowed() : notFound();
  }
}

/** The parts of a path, each decoded: the libraries write `@me` as `%40me`, and an emoji only so. */
function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded);
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = segment;
    else if (part !== segment) return null;
  }
  return params;
}

/** What is not valid percent-encoding stands for itself: no route knows it. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
