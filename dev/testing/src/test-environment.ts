// What a person has set (in the shell or in .env) to run Popple with. No test may reach a real Discord, database or
// NATS by them, nor depend on them.
const namesOfTheRealThing = [
  'DISCORD_TOKEN',
  'DISCORD_API_URL',
  'NATS_URL',
  'DATABASE_URL',
  'DATABASE_POOL_SIZE',
  'HTTP_HOST',
  'HTTP_PORT',
  'LOG_LEVEL',
  'REPLY_MAX_AGE',
  'STREAM_MAX_AGE',
  'STREAM_MAX_BYTES',
  'STREAM_REPLICAS',
];

/** The environment for the tests: `env` without what Popple itself is configured by, and with `added`. */
export function testEnvironment(
  env: Record<string, string | undefined>,
  added: Record<string, string>,
): Record<string, string | undefined> {
  const dropped = new Set(namesOfTheRealThing.flatMap((name) => [name, `${name}_FILE`]));
  return { ...Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.has(name))), ...added };
}
