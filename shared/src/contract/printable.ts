/** Whether the text is free of NUL and other C0/C1 controls, which Postgres refuses (NUL) or nobody can read. */
export function isPrintable(text: string): boolean {
  return !/\p{Cc}/u.test(text) && text.isWellFormed();
}
