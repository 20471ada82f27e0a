import { type Deployment, runsInside } from './deployment';

/** What a process inside a container tries, and whether it should succeed. */
interface Attempt {
  what: string;
  service: string;
  script: string;
  allowed: boolean;
}

function connects(hostname: string, port: number): string {
  return `await Bun.connect({ hostname: '${hostname}', port: ${port}, socket: { data() {} } }); process.exit(0)`;
}

const writes = (path: string) => `require('node:fs').writeFileSync('${path}', '')`;

const ATTEMPTS: readonly Attempt[] = [
  { what: 'bot reaches NATS', service: 'bot', script: connects('nats', 4222), allowed: true },
  { what: 'svc reaches NATS', service: 'svc', script: connects('nats', 4222), allowed: true },
  { what: 'svc reaches Postgres', service: 'svc', script: connects('postgres', 5432), allowed: true },
  { what: 'bot reaches Postgres', service: 'bot', script: connects('postgres', 5432), allowed: false },
  ...(['bot', 'svc'] as const).flatMap((service): Attempt[] => [
    { what: `${service} writes into its code`, service, script: writes('/app/x'), allowed: false },
    {
      what: `${service} writes into its credentials`,
      service,
      script: writes('/run/credentials/x'),
      allowed: false,
    },
    {
      what: `${service} is root`,
      service,
      script: 'process.exit(process.getuid() === 0 ? 0 : 1)',
      allowed: false,
    },
    {
      what: `${service} has a password in its environment`,
      service,
      script: `process.exit(Object.values(process.env).some((value) => /:\\/\\/[^/]*:[^/]*@/.test(value)) ? 0 : 1)`,
      allowed: false,
    },
  ]),
];

/** What containers can do that they should not, or the reverse, in sentences. */
export async function checkSandboxes(deployment: Deployment): Promise<string[]> {
  const findings: string[] = [];
  for (const { what, service, script, allowed } of ATTEMPTS) {
    const done = await runsInside(deployment, service, script);
    if (done !== allowed) findings.push(`${what}: ${done ? 'it could' : 'it could not'}`);
  }
  return findings;
}
