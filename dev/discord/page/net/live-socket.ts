import type { ChatPush } from '../../src/chat-contract';

/** Pauses before each attempt to reconnect; the last one is repeated. */
const RETRY_PAUSES_MS = [300, 700, 1500, 3000, 5000] as const;

/** The events of a socket that reconnects indefinitely. */
export interface LiveListener {
  push(push: ChatPush): void;
  /** The connection is up; the next push is the whole state. */
  up(): void;
  /** The connection is lost (or could not be made), and will be tried again. */
  down(): void;
}

/** Keeps a websocket to the local Discord, for as long as the page lives. */
export class LiveSocket {
  readonly #url: string;
  readonly #listener: LiveListener;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #socket: WebSocket | undefined;

  /** Connects to `url` at once. */
  constructor(url: string, listener: LiveListener) {
    this.#url = url;
    this.#listener = listener;
    this.#connect();
  }

  /** Does not wait for the pause to end. Nothing happens while connected or connecting. */
  retryNow(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  #connect(): void {
    this.#timer = undefined;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#failures = 0;
      this.#listener.up();
    });
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (typeof event.data === 'string') this.#listener.push(JSON.parse(event.data) as ChatPush);
    });
    // A failed attempt closes too, so this is the one place that starts the next.
    socket.addEventListener('close', () => {
      if (socket !== this.#socket) return;
      const pauseMs = RETRY_PAUSES_MS[Math.min(this.#failures, RETRY_PAUSES_MS.length - 1)] ?? 5000;
      this.#failures += 1;
      this.#timer = setTimeout(() => this.#connect(), pauseMs);
      this.#listener.down();
    });
  }
}
