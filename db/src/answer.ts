import type { Total } from '@popple/shared/contract/event';
import type { AuditEntry } from '@popple/shared/contract/query';
import type { ChangeKarma, ChangeSetting, ModerationKind } from '@popple/shared/contract/request';
import type { Verdict } from '@popple/shared/contract/verdict';

/** What a change-karma request changed, as the ledger keeps it. */
export type KarmaChange = Omit<ChangeKarma['changes'][number], 'receiver'> & {
  /** By how much it counted, where that is not its delta: 0 when it was refused. */
  counts?: number;
};

/** The answer to a change-karma request. */
export interface KarmaAnswer {
  /** Whether the guild wanted changes announced when this one was applied. */
  announce: boolean;
  /** The total of each subject that the request changed, after it, in the request's order. */
  totals: Total[];
  /** What the rules say of each change, in the request's order; left out where each counts as it was asked for. */
  verdicts?: Verdict[];
}

/** What a change-setting request changed, as the ledger keeps it, and the answer to it. */
export type SettingAnswer = Pick<ChangeSetting, 'key' | 'value'>;

/** What an undo took back, as the ledger keeps it: by how much each subject changed. */
export type UndoneChange = Pick<KarmaChange, 'subject' | 'delta'>;

/** The answer to an undo. */
export interface UndoAnswer {
  /** The total of each subject whose change was taken back, after it; none where nothing was. */
  totals: Total[];
  /** The request whose changes these were, or that was undone before; left out where there was none. */
  undoes?: string;
}

/** The answers to what moderators ask for, by kind of request. */
export interface ModerationAnswers {
  adjust: { total: Total };
  block: { memberId: string };
  unblock: { memberId: string };
  /** `moved` is left out where nobody had changed the first subject. */
  merge: { from: string; moved?: string; total: Total };
  /** `karma` is left out where nobody had changed the subject. */
  remove: { display: string; karma?: string };
  /** `totals` of each subject whose change was taken back, after it. */
  'undo-request': { undoes: string; totals: Total[]; wasUndone: boolean };
  /** `requests` is how many were taken back. */
  'undo-all': { memberId: string; requests: number; hasMore: boolean };
}

export type ModerationAnswer = ModerationAnswers[ModerationKind];

/** What the audit log says beside who did what to whom, when and why. */
export type AuditDetails = AuditEntry['details'];

/** The answer to a request that changes something. */
export interface Applied<Answer> {
  answer: Answer;
  /** The request was in the ledger already: nothing changed now, and the answer is the one stored then. */
  known: boolean;
}
