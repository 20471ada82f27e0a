import { styleText } from 'node:util';

/** The name of a colour or weight of text in the terminal. */
export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** Puts text into a colour, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

/** Paints for a terminal; leaves text alone in a file, and where NO_COLOR is set (https://no-color.org). */
export function painter(env: Record<string, string | undefined>, isTerminal: boolean): Paint {
  const wanted = !env.NO_COLOR && (isTerminal || (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0'));
  return (colour, text) =>
    wanted && text !== '' ? styleText(colour, text, { validateStream: false }) : text;
}
