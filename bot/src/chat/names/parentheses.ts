import { Unit } from '../characters';

/** Whether a code unit opens a group, half or full width. */
export function isOpenParenthesis(unit: number): boolean {
  return unit === Unit.open || unit === Unit.wideOpen;
}

/** By index, the index of the partner of the opening parenthesis there; 0, where none can be, for anything else. */
export type Partners = Int32Array;

const NONE: Partners = new Int32Array(0);

/** Matches the parentheses of a text that are balanced, half and full width alike. */
export function matchParentheses(text: string): Partners {
  if (!/[(（]/.test(text)) return NONE;
  const partners = new Int32Array(text.length);
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isOpenParenthesis(unit)) open.push(at);
    else if (unit === Unit.close || unit === Unit.wideClose) {
      const partner = open.pop();
      if (partner !== undefined) partners[partner] = at;
    }
  }
  return partners;
}
