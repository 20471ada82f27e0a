import { GatewayCloseCodes } from 'discord-api-types/v10';
import type { ResumeRecord } from '../records';
import type { GatewayContext } from './context';
import { invalidSessionFrame, resumeSchema } from './frames';
import type { GreetedConnection } from './session';

/**
 * Goes on with a session on a new connection: everything after the client's sequence again, in order, then RESUMED.
 * What cannot be resumed is answered with op 9. Returns the close code when it is refused with one.
 * @see https://discord.com/developers/docs/events/gateway#resuming
 */
export function resume(
  context: GatewayContext,
  connection: GreetedConnection,
  data: unknown,
): GatewayCloseCodes | null {
  const parsed = resumeSchema.safeParse(data);
  if (!parsed.success) return GatewayCloseCodes.DecodeError;
  const { token, session_id: sessionId, seq: sequence } = parsed.data;
  const record = (outcome: ResumeRecord['outcome'], replayed = 0) => {
    context.records.resume({ atMs: Date.now(), sessionId, sequence, outcome, replayed });
  };
  const refuse = (code: GatewayCloseCodes) => {
    record(code);
    return code;
  };
  const invalidate = () => {
    record('invalid-session');
    connection.endSession();
    connection.send(invalidSessionFrame(false));
    return null;
  };

  if (token !== context.settings.token) return refuse(GatewayCloseCodes.AuthenticationFailed);
  const session = context.sessions.resumable(sessionId);
  if (!session) return invalidate();
  if (context.refuseResumes > 0) {
    context.refuseResumes--;
    context.sessions.end(session);
    return invalidate();
  }
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > session.sequence) {
    context.sessions.end(session);
    return refuse(GatewayCloseCodes.InvalidSeq);
  }
  connection.join(session);
  const replayed = session.replay(connection, sequence);
  if (replayed === null) return invalidate();
  record('resumed', replayed);
  return null;
}
