import type { Passwords } from './passwords';

/**
 * The passwords are 256 random bits, which no amount of guessing finds; the work factor protects nothing, and every
 * connection would pay for it.
 */
const BCRYPT_COST = 4;

/** The hash of a password as nats-server reads it: the same bcrypt under its older name. */
function natsHash(password: string): string {
  const hash = Bun.password.hashSync(password, { algorithm: 'bcrypt', cost: BCRYPT_COST });
  return hash.replace(/^\$2b\$/, '$2a$');
}

/** The variables that deploy/nats/accounts.conf refers to. The server gets hashes, never a password. */
export function natsPasswordsFile({ nats }: Passwords): string {
  return Object.entries(nats)
    .map(([user, password]) => `${user.toUpperCase()}_PASSWORD: "${natsHash(password)}"\n`)
    .join('');
}

/** Whether a file that natsPasswordsFile wrote is of these passwords. Each writing differs, because hashes are salted. */
export function matchesNatsPasswords(file: string, { nats }: Passwords): boolean {
  return Object.entries(nats).every(([user, password]) => {
    const hash = new RegExp(`^${user.toUpperCase()}_PASSWORD: "([^"]+)"$`, 'm').exec(file)?.[1];
    return hash !== undefined && Bun.password.verifySync(password, hash);
  });
}
