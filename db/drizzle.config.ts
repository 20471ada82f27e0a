import { defineConfig } from 'drizzle-kit';

// `drizzle-kit generate` only compares the schema with the last snapshot: it needs no database.
// Paths are relative to the root of the repository, where `bun run db:generate` runs.
export default defineConfig({
  dialect: 'postgresql',
  schema: './db/src/schema.ts',
  out: './db/migrations',
});
