type Environment = Record<string, string | undefined>;

/** Whether a variable is set, directly or by a file; an empty one is how .env files say "not set". */
export function isSet(env: Environment, name: string): boolean {
  return Boolean(env[name] || env[`${name}_FILE`]);
}

/** Where the services find what they depend on. Undefined: as in the environment, which names its own. */
export interface Addresses {
  readonly natsUrl: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly discord: { readonly token: string; readonly apiUrl: string } | undefined;
}

/** The environment of svc: this one's, with the addresses, without the variables of bot alone. */
export function svcEnvironment(env: Environment, addresses: Addresses): Environment {
  return withAddresses(without(env, 'DISCORD_TOKEN'), {
    NATS_URL: addresses.natsUrl,
    DATABASE_URL: addresses.databaseUrl,
  });
}

/** The environment of bot: this one's, with the addresses, without the variables of svc alone. */
export function botEnvironment(env: Environment, addresses: Addresses): Environment {
  return withAddresses(without(env, 'DATABASE_URL'), {
    NATS_URL: addresses.natsUrl,
    DISCORD_TOKEN: addresses.discord?.token,
    DISCORD_API_URL: addresses.discord?.apiUrl,
  });
}

function withAddresses(env: Environment, values: Environment): Environment {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return { ...without(env, ...given.map(([name]) => name)), ...Object.fromEntries(given) };
}

// With its _FILE: both set at once is an error in every service.
function without(env: Environment, ...names: string[]): Environment {
  const dropped = new Set(names.flatMap((name) => [name, `${name}_FILE`]));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.has(name)));
}
