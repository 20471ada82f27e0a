/** `blob:` is how Bun's development server brings an edited module in; a page has none unless its script makes it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' blob:",
  "style-src 'self' blob:",
  "img-src 'self' data: http: https:",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * From now on nothing but the page's own script and style sheet can run or be loaded, whatever members write. To be
 * called before anything of theirs is shown. It is not in the HTML, where it would also stop the inline script that Bun
 * puts there in development.
 */
export function enforceContentPolicy(): void {
  const meta = document.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = POLICY;
  document.head.append(meta);
}
