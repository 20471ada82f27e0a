/*
 * Takes out of node_modules what no process reads: type declarations, source maps and prose. Licences stay.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const UNREAD = /\.(d\.[cm]?ts|map|md|markdown)$/i;
const LICENCE = /licen[cs]e|notice|copying/i;

const root = process.argv[2];
if (root === undefined) throw new Error('usage: prune-packages.ts <node_modules>');
for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && UNREAD.test(entry.name) && !LICENCE.test(entry.name))
    rmSync(join(entry.parentPath, entry.name));
}
