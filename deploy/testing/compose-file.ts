import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../compose/engine';

const conditionSchema = z.enum(['service_healthy', 'service_completed_successfully', 'service_started']);

const volumeSchema = z.union([
  z.string(),
  z.object({
    type: z.string(),
    source: z.string(),
    target: z.string(),
    read_only: z.boolean().optional(),
  }),
]);

const serviceSchema = z.object({
  image: z.string(),
  build: z.object({ target: z.string(), context: z.string() }).optional(),
  pull_policy: z.string().optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  user: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
  profiles: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(volumeSchema).default([]),
  networks: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  ports: z.array(z.string()).default([]),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).default([]),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  privileged: z.boolean().optional(),
  container_name: z.string().optional(),
  restart: z.string().optional(),
  stop_grace_period: z.string().optional(),
  mem_limit: z.string().optional(),
  healthcheck: z.object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() }).optional(),
  depends_on: z
    .record(z.string(), z.object({ condition: conditionSchema, required: z.boolean().optional() }))
    .default({}),
});

const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
  volumes: z.record(z.string(), z.object({})),
});

export type ComposeService = z.infer<typeof serviceSchema>;
export type ComposeFile = z.infer<typeof composeSchema>;

/** compose.yaml with its anchors resolved and its variables left as they are written. */
export function readComposeFile(): ComposeFile {
  return composeSchema.parse(Bun.YAML.parse(readFileSync(join(ROOT, 'compose.yaml'), 'utf8')));
}

/** The volumes that a service has, by their names. */
export function namedVolumes({
  volumes,
}: ComposeService): { name: string; target: string; readOnly: boolean }[] {
  return volumes.flatMap((volume) => {
    if (typeof volume !== 'string') return [];
    const [name = '', target = '', mode] = volume.split(':');
    return [{ name, target, readOnly: mode === 'ro' }];
  });
}
