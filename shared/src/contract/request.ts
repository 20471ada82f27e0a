import type { z } from 'zod';
import type { requestSchema } from './kinds';

/** Everything the bot may ask of svc. */
export type Request = z.infer<typeof requestSchema>;
export type RequestKind = Request['kind'];

type RequestOf<K extends RequestKind> = Extract<Request, { kind: K }>;

export type ChangeKarma = RequestOf<'change-karma'>;
export type CheckKarma = RequestOf<'check-karma'>;
export type CheckBoard = RequestOf<'check-board'>;
export type ChangeSetting = RequestOf<'change-setting'>;
export type CheckHistory = RequestOf<'check-history'>;
export type Undo = RequestOf<'undo'>;
export type UndoDeleted = RequestOf<'undo-deleted'>;

/** What moderators ask for. */
export type ModerationKind =
  | 'adjust'
  | 'block'
  | 'unblock'
  | 'merge'
  | 'remove'
  | 'undo-request'
  | 'undo-all';
export type Moderation<K extends ModerationKind = ModerationKind> = RequestOf<K>;
