import { expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(import.meta.dir, '..');

const pages = [...new Bun.Glob('**/*.md').scanSync({ cwd: ROOT })].filter(
  (page) => !page.split('/').includes('node_modules'),
);

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(page: string): Set<string> {
  const headings = [...read(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, text = '']) => text);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The targets of a page's links to this repository. */
function targetsOf(page: string): string[] {
  const prose = read(page)
    .replace(/^ *```.*?^ *```$/gms, '')
    .replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

test('there are pages, and links in them', () => {
  expect(pages).toContain('README.md');
  expect(pages).toContain('docs/architecture.md');
  expect(targetsOf('README.md').length).toBeGreaterThan(20);
});

test.each(pages)('%s links to what is there', (page) => {
  const broken = targetsOf(page).filter((target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
    if (!existsSync(join(ROOT, file))) return true;
    return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor);
  });
  expect(broken).toEqual([]);
});
