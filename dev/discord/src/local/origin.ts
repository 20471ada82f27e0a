const LOOPBACK_NAMES: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Whether a request may come in. The local Discord has no passwords, so two things keep web pages elsewhere out: the
 * name it was asked for must be one of its own (a page cannot choose that, not even with a DNS record that points
 * here), and a page that sends an `Origin` must be its own.
 */
export function mayEnter(request: Request, allowedHosts: readonly string[]): boolean {
  const host = request.headers.get('host');
  if (host === null) return false;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (!LOOPBACK_NAMES.includes(name) && !allowedHosts.includes(name)) return false;
  const origin = request.headers.get('origin');
  return origin === null || origin === `http://${host}` || origin === `https://${host}`;
}
