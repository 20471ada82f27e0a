import type { Request, RequestKind } from '@popple/shared/contract/request';
import { changeAnnounce } from './change-announce';
import { changeKarma } from './change-karma';
import { checkBoard } from './check-board';
import { checkKarma } from './check-karma';
import type { Handler } from './handler';

/** What svc does with each kind of request. A kind of the contract that is missing here does not compile. */
export const HANDLERS: { readonly [K in RequestKind]: Handler<K> } = {
  'change-announce': changeAnnounce,
  'change-karma': changeKarma,
  'check-board': checkBoard,
  'check-karma': checkKarma,
};

/** Whether a request changes something: one that only asks is in no ledger, and serving it again does no harm. */
export const writes = ({ kind }: Request): boolean => HANDLERS[kind].writes;

const isKind = (text: string): text is RequestKind => Object.hasOwn(HANDLERS, text);

/** The kind that the subject of a request names, for the labels of metrics; `none` for what svc does not know. */
export function kindOfSubject(subject: string): RequestKind | 'none' {
  const token = subject.split('.')[2] ?? '';
  return isKind(token) ? token : 'none';
}
