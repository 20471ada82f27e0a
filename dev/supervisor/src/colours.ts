const codes = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
} as const;

/** The name of a colour or weight of text in the terminal. */
export type Colour = keyof typeof codes;

/** Puts text into a colour, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

/** Paints for a terminal; leaves text alone in a file, and where NO_COLOR is set (https://no-color.org). */
export function painter(env: Record<string, string | undefined>, isTerminal: boolean): Paint {
  const wanted = !env.NO_COLOR && (isTerminal || (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0'));
  return (colour, text) => (wanted && text !== '' ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text);
}
