import { GatewayOpcodes } from 'discord-api-types/v10';
import { z } from 'zod';

/** Discord's bound on what a client may send at once. */
const MAX_FRAME_BYTES = 4096;

const frameSchema = z.object({ op: z.int(), d: z.unknown() });

export type IncomingFrame = z.infer<typeof frameSchema>;

export const identifySchema = z.object({
  token: z.string(),
  properties: z.object({ os: z.string(), browser: z.string(), device: z.string() }).partial(),
  intents: z.number(),
  shard: z.tuple([z.number(), z.number()]).optional(),
});

export const resumeSchema = z.object({
  token: z.string(),
  session_id: z.string(),
  seq: z.number(),
});

/** Reads what a client sent; null when it is not a gateway payload at all. */
export function readFrame(text: string): IncomingFrame | null {
  if (Buffer.byteLength(text) > MAX_FRAME_BYTES) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return frameSchema.safeParse(value).data ?? null;
}

export const ACK_FRAME = JSON.stringify({ op: GatewayOpcodes.HeartbeatAck });

export const RECONNECT_FRAME = JSON.stringify({ op: GatewayOpcodes.Reconnect, d: null });

export function helloFrame(heartbeatIntervalMs: number): string {
  return JSON.stringify({ op: GatewayOpcodes.Hello, d: { heartbeat_interval: heartbeatIntervalMs } });
}

/** `resumable`: whether the client may try to resume the session. */
export function invalidSessionFrame(resumable: boolean): string {
  return JSON.stringify({ op: GatewayOpcodes.InvalidSession, d: resumable });
}

/** Puts a dispatch together around a payload that is JSON already, so that it is serialized once for all sessions. */
export function dispatchFrame(event: string, sequence: number, json: string): string {
  return `{"t":"${event}","s":${sequence},"op":${GatewayOpcodes.Dispatch},"d":${json}}`;
}
