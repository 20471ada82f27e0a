import { Unit } from './characters';

/** Whether a code unit opens a group, half or full width. */
export function isOpenParenthesis(unit: number): boolean {
  return unit === Unit.open || unit === Unit.wideOpen;
}

/**
 * By the index of each opening parenthesis that is balanced, the index of its partner. Those without a partner are missing.
 */
export function matchParentheses(text: string): ReadonlyMap<number, number> {
  const partners = new Map<number, number>();
  if (!/[(（]/.test(text)) return partners;
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isOpenParenthesis(unit)) open.push(at);
    else if (unit === Unit.close || unit === Unit.wideClose) {
      const partner = open.pop();
      if (partner !== undefined) partners.set(partner, at);
    }
  }
  return partners;
}
