import { randomBytes } from 'node:crypto';
import { z } from 'zod';

const RANDOM_BYTES = 32;

/** How many rotations may follow each other without Postgres hearing of any. */
const KEPT_BEFORE = 10;

const passwordSchema = z.string().regex(/^[\w-]{20,}$/);

/** Every password that the parts use among themselves. Nobody types them, so they are made by the machine. */
export const passwordsSchema = z.object({
  nats: z.object({ bot: passwordSchema, svc: passwordSchema, operator: passwordSchema }),
  postgres: z.object({
    admin: passwordSchema,
    /** What the administrator's was before, the latest first: the ways in until the new one has been set. */
    adminBefore: z.array(passwordSchema).default([]),
    migrate: passwordSchema,
    svc: passwordSchema,
  }),
});

export type Passwords = z.infer<typeof passwordsSchema>;

/** 256 random bits in characters that need no escaping in URLs and configuration files. */
export function randomPassword(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url');
}

/** New passwords for everything. `before` are those in use, without which Postgres would not let new ones be set. */
export function newPasswords(before?: Passwords): Passwords {
  const earlier = before === undefined ? [] : [before.postgres.admin, ...before.postgres.adminBefore];
  return {
    nats: { bot: randomPassword(), svc: randomPassword(), operator: randomPassword() },
    postgres: {
      admin: randomPassword(),
      adminBefore: earlier.slice(0, KEPT_BEFORE),
      migrate: randomPassword(),
      svc: randomPassword(),
    },
  };
}
