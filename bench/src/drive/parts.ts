import type { TestService } from '@popple/testing/service';
import postgres from 'postgres';
import type { BenchDiscord } from '../chat/discord';
import type { Stage } from '../stage/stage';

/** Starts this many svc workers, all at once. */
export function startWorkers(stage: Stage, databaseUrl: string, count: number): Promise<TestService[]> {
  return Promise.all(
    Array.from({ length: count }, () => stage.startService('svc', { DATABASE_URL: databaseUrl })),
  );
}

/** Starts a bot in the Discord that is played. */
export function startBot(
  stage: Stage,
  { place }: BenchDiscord,
  environment: Record<string, string> = {},
): Promise<TestService> {
  return stage.startService('bot', {
    DISCORD_API_URL: place.apiUrl,
    DISCORD_TOKEN: place.token,
    ...environment,
  });
}

/** Has every server of the Discord that is played choose that karma counts silently. */
export async function announceNothing(databaseUrl: string, { place }: BenchDiscord): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    await sql`
      INSERT INTO setting (guild_id, key, value, at, request_id)
      SELECT id::bigint, 'announce', 'false', now(), '1' FROM jsonb_array_elements_text(${sql.json(place.guildIds)}) AS id`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Ends parts in order, and waits for their ends. */
export async function stopParts(parts: readonly TestService[]): Promise<void> {
  await Promise.all(parts.map((part) => part.stop()));
}
