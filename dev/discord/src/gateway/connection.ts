import { GatewayCloseCodes, GatewayOpcodes } from 'discord-api-types/v10';
import { closeReason } from './close-codes';
import { CommandLimit } from './command-limit';
import type { GatewayContext } from './context';
import { DelayLine } from './delay-line';
import { ACK_FRAME, helloFrame, readFrame } from './frames';
import { identify } from './identify';
import { resume } from './resume';
import type { GreetedConnection, Session } from './session';

/** What a connection needs of a websocket. */
export interface GatewaySocket {
  send(text: string): unknown;
  close(code: number, reason: string): void;
  terminate(): void;
}

const API_VERSIONS: readonly (string | null)[] = [null, '9', '10'];

/** A client may miss one heartbeat, no more. */
const HEARTBEATS_UNTIL_TIMEOUT = 2;

/** Closing with these ends the session at once. */
const ENDS_SESSION: readonly number[] = [1000, 1001];

/**
 * One client's websocket. It is greeted with HELLO, may only heartbeat until it has identified or resumed, and then
 * belongs to a session until it closes:
 *
 *     greeted ──IDENTIFY──▶ READY, GUILD_CREATE… ──▶ dispatches ──▶ closed
 *        └─────RESUME─────▶ what was missed, RESUMED ──▶ ┘
 *
 * An invalid session (op 9) leaves it greeted, so that the client may identify on the same connection. A silent
 * connection (a fault) accepts everything and sends nothing, like one that broke without either end noticing.
 */
export class Connection implements GreetedConnection {
  readonly #commands = new CommandLimit();
  readonly #incoming: DelayLine<string>;
  readonly #outgoing: DelayLine<string>;
  #session: Session | null = null;
  #heartbeatDeadline: ReturnType<typeof setTimeout> | null = null;
  #closedByServer = false;
  #silent = false;

  constructor(
    private readonly socket: GatewaySocket,
    readonly gatewayUrl: string,
    private readonly context: GatewayContext,
  ) {
    const halfLatencyMs = () => context.settings.latencyMs / 2;
    this.#incoming = new DelayLine(halfLatencyMs, (text) => this.#handle(text));
    this.#outgoing = new DelayLine(halfLatencyMs, (frame) => void this.socket.send(frame));
  }

  get session(): Session | null {
    return this.#session;
  }

  greet(version: string | null): void {
    if (!API_VERSIONS.includes(version)) {
      this.close(GatewayCloseCodes.InvalidAPIVersion);
      return;
    }
    this.send(helloFrame(this.context.settings.heartbeatIntervalMs));
    this.#awaitHeartbeat();
  }

  receive(text: string): void {
    this.#incoming.push(text);
  }

  send(frame: string): void {
    if (!this.#silent && !this.#closedByServer) this.#outgoing.push(frame);
  }

  close(code: number): void {
    if (this.#closedByServer) return;
    this.#closedByServer = true;
    this.socket.close(code, closeReason(code));
  }

  /** Cuts the connection without a word, as a network does. */
  terminate(): void {
    this.#closedByServer = true;
    this.socket.terminate();
  }

  silence(): void {
    this.#silent = true;
    if (this.#heartbeatDeadline) clearTimeout(this.#heartbeatDeadline);
  }

  join(session: Session): void {
    this.#session = session;
    this.context.sessions.attach(session, this, GatewayCloseCodes.UnknownError);
  }

  endSession(): void {
    const session = this.#session;
    this.#session = null;
    if (session) this.context.sessions.detach(session, this, true);
  }

  /** Leaves the connection without a session, which may be resumed on this or another one. */
  leaveSession(): void {
    const session = this.#session;
    this.#session = null;
    if (session) this.context.sessions.detach(session, this, false);
  }

  /** To be called once, when the socket is gone. */
  closed(code: number): void {
    if (this.#heartbeatDeadline) clearTimeout(this.#heartbeatDeadline);
    this.#incoming.clear();
    this.#outgoing.clear();
    const isOver = !this.#closedByServer && ENDS_SESSION.includes(code);
    this.#closedByServer = true;
    if (this.#session) this.context.sessions.detach(this.#session, this, isOver);
  }

  #handle(text: string): void {
    if (this.#silent || this.#closedByServer) return;
    if (!this.#commands.allows(Date.now())) {
      this.close(GatewayCloseCodes.RateLimited);
      return;
    }
    const frame = readFrame(text);
    if (!frame) {
      this.close(GatewayCloseCodes.DecodeError);
      return;
    }
    switch (frame.op) {
      case GatewayOpcodes.Heartbeat:
        this.#awaitHeartbeat();
        this.send(ACK_FRAME);
        return;
      case GatewayOpcodes.Identify:
      case GatewayOpcodes.Resume: {
        const code = this.#session
          ? GatewayCloseCodes.AlreadyAuthenticated
          : frame.op === GatewayOpcodes.Identify
            ? identify(this.context, this, frame.d)
            : resume(this.context, this, frame.d);
        if (code !== null) this.close(code);
        return;
      }
      // Taken as Discord takes them; nothing here depends on a presence, a voice channel or a list of members.
      case GatewayOpcodes.PresenceUpdate:
      case GatewayOpcodes.VoiceStateUpdate:
      case GatewayOpcodes.RequestGuildMembers:
      case GatewayOpcodes.RequestSoundboardSounds:
        if (!this.#session) this.close(GatewayCloseCodes.NotAuthenticated);
        return;
      default:
        this.close(GatewayCloseCodes.UnknownOpcode);
    }
  }

  #awaitHeartbeat(): void {
    if (this.#heartbeatDeadline) clearTimeout(this.#heartbeatDeadline);
    const deadlineMs = this.context.settings.heartbeatIntervalMs * HEARTBEATS_UNTIL_TIMEOUT;
    this.#heartbeatDeadline = setTimeout(() => this.close(GatewayCloseCodes.SessionTimedOut), deadlineMs);
  }
}
