/** What an edit asks for. */
export interface Affected {
  readonly bot: boolean;
  readonly svc: boolean;
  /** The local Discord. Its chat page needs no restart: the page takes its edits itself. */
  readonly discord: boolean;
  /** Migrations are to be applied before svc starts. */
  readonly migrate: boolean;
  /** What is installed is not what the lock file says any more. */
  readonly install: boolean;
}

/** What is watched, relative to the checkout. */
export const watchedPaths = [
  'bot/src',
  'svc/src',
  'shared/src',
  'db/src',
  'db/migrations',
  'dev/discord/src',
  'bun.lock',
] as const;

/** Which services the changed files (relative to the checkout) are service of. */
export function affectedBy(files: readonly string[]): Affected {
  const any = (...folders: string[]) =>
    files.some((file) => folders.some((folder) => file.startsWith(folder)));
  return {
    bot: any('bot/', 'shared/'),
    svc: any('svc/', 'shared/', 'db/'),
    discord: any('dev/discord/src/'),
    migrate: any('db/migrations/'),
    install: files.includes('bun.lock'),
  };
}
