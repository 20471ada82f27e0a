import { matchesNatsPasswords, natsPasswordsFile } from './nats-passwords';
import type { Passwords } from './passwords';

/** Where the servers are, as the parts see them. */
export interface Places {
  /** Host and port. */
  nats: string;
  /** Host, port and database. */
  postgres: string;
}

/** One file of somebody's credentials. */
export interface CredentialFile {
  /** Whose folder, and so whose volume, it is in: nobody else sees it. */
  owner: 'bot' | 'svc' | 'migrate' | 'operator' | 'nats' | 'postgres';
  name: string;
  content: string;
  /** Whether the existing file has the same content, by default byte for byte. */
  isCurrent?: (existing: string) => boolean;
}

/** The roles that deploy/postgres/roles.ts makes. */
const DATABASE_ROLES = { admin: 'postgres', migrate: 'popple_migrate', svc: 'popple_svc' } as const;

/** Every file that the services read, each with what its owner needs and no more. */
export function credentialFiles(passwords: Passwords, places: Places): CredentialFile[] {
  const natsUrl = (user: keyof Passwords['nats']) => `nats://${user}:${passwords.nats[user]}@${places.nats}`;
  const databaseUrl = (role: string, password: string) => `postgres://${role}:${password}@${places.postgres}`;
  const { admin, adminBefore, migrate, svc } = passwords.postgres;
  const svcDatabaseUrl = databaseUrl(DATABASE_ROLES.svc, svc);
  return [
    { owner: 'bot', name: 'nats_url', content: natsUrl('bot') },
    { owner: 'svc', name: 'nats_url', content: natsUrl('svc') },
    { owner: 'svc', name: 'database_url', content: svcDatabaseUrl },
    { owner: 'migrate', name: 'database_url', content: databaseUrl(DATABASE_ROLES.migrate, migrate) },
    { owner: 'operator', name: 'nats_url', content: natsUrl('operator') },
    // Replay applies requests as svc does, so it needs no right that svc has not.
    { owner: 'operator', name: 'database_url', content: svcDatabaseUrl },
    {
      owner: 'nats',
      name: 'passwords.conf',
      content: natsPasswordsFile(passwords),
      isCurrent: (existing) => matchesNatsPasswords(existing, passwords),
    },
    { owner: 'postgres', name: 'password', content: admin },
    {
      owner: 'postgres',
      name: 'admin_urls',
      content: [admin, ...adminBefore]
        .map((password) => `${databaseUrl(DATABASE_ROLES.admin, password)}\n`)
        .join(''),
    },
  ];
}
