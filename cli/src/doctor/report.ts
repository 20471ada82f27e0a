import type { Finding } from '@popple/shared/operator/finding';

const MARKS = { ok: '✓', wrong: '✗', skipped: '-' } as const;

/** The findings, a line each with a mark, what to do below it, and the invite link at the end. Ends with a newline. */
export function report(findings: readonly Finding[], invite: string | undefined): string {
  const lines = findings.flatMap(({ check, status, about, advice }) => {
    const skipped = status === 'skipped' ? 'skipped: ' : '';
    return [`${MARKS[status]} ${check}: ${skipped}${about}`, ...(advice ? [`    ${advice}`] : [])];
  });
  const wrong = findings.filter(({ status }) => status === 'wrong').length;
  if (invite !== undefined) lines.push('', `Invite the bot to a server: ${invite}`);
  lines.push(
    '',
    wrong === 0 ? 'Nothing is wrong.' : `${wrong} ${wrong === 1 ? 'check has' : 'checks have'} failed.`,
  );
  return `${lines.join('\n')}\n`;
}
