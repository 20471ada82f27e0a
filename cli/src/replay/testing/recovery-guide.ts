import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dir, '../../../..');

/** A command or query of docs/recovery.md, as it stands there. */
export interface Step {
  language: 'sh' | 'sql';
  text: string;
}

/**
 * The steps that the guide marks with `<!-- drill: <name> -->`, by name. One that stands there twice must say the same.
 * @throws Error when it does not.
 */
export function recoverySteps(): Map<string, Step> {
  const guide = readFileSync(join(ROOT, 'docs/recovery.md'), 'utf8');
  const steps = new Map<string, Step>();
  for (const [, name = '', language, text = ''] of guide.matchAll(
    /<!-- drill: (\S+) -->\n```(sh|sql)\n(.*?)```/gs,
  )) {
    const known = steps.get(name);
    if (known !== undefined && known.text !== text) throw new Error(`the guide has two steps called ${name}`);
    steps.set(name, { language: language === 'sql' ? 'sql' : 'sh', text });
  }
  return steps;
}
