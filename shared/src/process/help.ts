import type { Variables } from '../config/environment';

/** The text of `--help`: what the part is, and each variable with its fallback. Ends with a newline. */
export function helpText(about: string, variables: Variables): string {
  const rows = Object.entries(variables).map(([name, variable]) => {
    const fallback = variable.fallback === undefined ? 'required' : `default ${variable.fallback}`;
    const file = variable.secret ? `, or ${name}_FILE with the path of a file that holds it` : '';
    return `  ${name} (${fallback}${file})\n      ${variable.about}`;
  });
  return rows.length === 0 ? `${about}\n` : `${about}\n\nEnvironment:\n${rows.join('\n')}\n`;
}
