import { expect, test } from 'bun:test';
import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '@popple/testing/temp-folder';
import { postgresFolder } from './postgres-cluster';
import { canEnter, unprivilegedUser } from './unprivileged-user';

const isRoot = process.getuid?.() === 0;

if (isRoot) {
  test('as root, Postgres runs as somebody else, who needs a folder it can enter', () => {
    const user = unprivilegedUser();
    if (!user) throw new Error('there must be a user to run Postgres as');
    expect(user.uid).not.toBe(0);
    const open = tempFolder('open').path;
    expect(canEnter(user, join(open, 'not', 'yet', 'there'))).toBe(true);
    expect(postgresFolder(join(open, 'data')).folder).toBe(join(open, 'data'));

    const closed = join(open, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o700);
    expect(canEnter(user, join(closed, 'data'))).toBe(false);
    const standIn = postgresFolder(join(closed, 'data')).folder;
    try {
      expect(standIn).not.toStartWith(open);
      expect(canEnter(user, standIn)).toBe(true);
      expect(statSync(standIn).uid).toBe(0);
      // The same checkout finds its data again, another one does not get them.
      expect(postgresFolder(join(closed, 'data')).folder).toBe(standIn);
      const other = postgresFolder(join(closed, 'other')).folder;
      expect(other).not.toBe(standIn);
      rmSync(other, { recursive: true });
    } finally {
      rmSync(standIn, { recursive: true });
    }
  });
} else {
  test('an ordinary user runs Postgres as itself, in the folder asked for', () => {
    expect(unprivilegedUser()).toBeUndefined();
    expect(postgresFolder('/nonexistent/data').folder).toBe('/nonexistent/data');
  });
}
