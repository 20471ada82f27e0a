import { describe, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BOT_VARIABLES } from '@popple/bot/config';
import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import { COMMON_VARIABLES } from '@popple/shared/process/runner';
import { SVC_VARIABLES } from '@popple/svc/config';
import { tempFolder } from '@popple/testing/temp-folder';
import { z } from 'zod';
import { ROOT } from '../compose/engine';
import { credentialFiles } from '../credentials/files';
import { newPasswords } from '../credentials/passwords';
import {
  KUBERNETES,
  type Manifest,
  manifestsAsTypeScript,
  modelOf,
  readKustomization,
  readManifests,
} from '../testing/manifests';
import { makeRouteCredentials } from '../testing/route-credentials';

const COMPONENT = 'app.kubernetes.io/component';

const manifests = readManifests();
const kustomization = readKustomization();
const named = manifests.map((manifest): [string, Manifest] => [
  `${manifest.kind} ${manifest.metadata.name}`,
  manifest,
]);

const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const containerSchema = z.object({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()).default([]),
  env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
  envFrom: z.array(z.object({ configMapRef: z.object({ name: z.string() }) })).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
  startupProbe: probe.optional(),
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
});
const podSchema = z.object({
  automountServiceAccountToken: z.literal(false),
  terminationGracePeriodSeconds: z.number().optional(),
  securityContext: z.object({
    runAsNonRoot: z.literal(true),
    runAsUser: z.number().min(1),
    seccompProfile: z.object({ type: z.literal('RuntimeDefault') }),
  }),
  containers: z.array(containerSchema).min(1),
  volumes: z
    .array(
      z.object({
        name: z.string(),
        secret: z.object({ secretName: z.string(), defaultMode: z.number() }).optional(),
        configMap: z.object({ name: z.string() }).optional(),
      }),
    )
    .default([]),
});
const workloadSchema = z.object({
  spec: z.object({
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }).optional(),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: podSchema,
    }),
  }),
});

/** Everything that runs pods, by the name of its component. */
const workloads = new Map(
  manifests
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
    .map((manifest) => [manifest.metadata.name, workloadSchema.parse(manifest).spec]),
);
const podOf = (name: string) => {
  const found = workloads.get(name)?.template.spec;
  if (found === undefined) throw new Error(`nothing runs ${name}`);
  return found;
};

describe('schemas', () => {
  test.each(named)('%s is valid', (_name, manifest) => {
    const { file: _file, ...object } = manifest;
    expect(() => modelOf(manifest).validate(object)).not.toThrow();
  });

  test('a wrong value is found', () => {
    const [deployment] = manifests.filter(({ kind }) => kind === 'Deployment');
    if (deployment === undefined) throw new Error('there is a deployment');
    const broken = structuredClone(deployment) as Manifest & { spec: { replicas: unknown } };
    broken.spec.replicas = 'two';
    expect(() => modelOf(deployment).validate(broken)).toThrow(/replicas/);
  });

  /** The compiler's errors for manifests in TypeScript. */
  async function compile(source: string): Promise<string> {
    // Where the compiler finds the schemas' packages, and git sees nothing.
    const folder = mkdtempSync(join(ROOT, 'node_modules/.manifests-'));
    try {
      writeFileSync(join(folder, 'manifests.ts'), source);
      const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'preserve', '--types', ''];
      const child = Bun.spawn(
        [process.execPath, 'x', '--bun', 'tsc', ...options, '--ignoreConfig', join(folder, 'manifests.ts')],
        { cwd: ROOT, stdout: 'pipe', stderr: 'pipe' },
      );
      const said = await new Response(child.stdout).text();
      const complained = await new Response(child.stderr).text();
      return (await child.exited) === 0 ? '' : said + complained;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test('no field is misspelt', async () => {
    expect(await compile(manifestsAsTypeScript(manifests))).toBe('');
    const [service] = manifests.filter(({ kind }) => kind === 'Service');
    if (service === undefined) throw new Error('there is a service');
    const broken = { ...service, spec: { ...(service.spec as object), clusterIp: 'None' } };
    expect(await compile(manifestsAsTypeScript([broken]))).toContain('clusterIp');
  });
});

describe('kustomization', () => {
  const generated = [
    ...kustomization.configMapGenerator,
    ...kustomization.secretGenerator,
    ...readKustomization('../nats').configMapGenerator,
  ].map(({ name }) => name);

  test('names files that are there', () => {
    for (const resource of kustomization.resources) {
      const path = resource.endsWith('.yaml') ? resource : join(resource, 'kustomization.yaml');
      expect(existsSync(join(KUBERNETES, path))).toBe(true);
    }
    for (const { files } of readKustomization('../nats').configMapGenerator) {
      for (const file of files) expect(existsSync(join(KUBERNETES, '../nats', file))).toBe(true);
    }
  });

  test('leaves no manifest out', () => {
    const files = [...new Bun.Glob('*.yaml').scanSync(KUBERNETES)].filter(
      (file) => file !== 'kustomization.yaml',
    );
    expect(files.sort()).toEqual(kustomization.resources.filter((file) => file.endsWith('.yaml')).sort());
  });

  test('generates every secret and setting that a pod asks for, and no other', () => {
    const asked = [...workloads.values()].flatMap(({ template: { spec } }) => [
      ...spec.volumes.flatMap(({ secret, configMap }) => [secret?.secretName, configMap?.name]),
      ...spec.containers.flatMap(({ envFrom }) => envFrom.map(({ configMapRef }) => configMapRef.name)),
    ]);
    const names = new Set(asked.filter((name) => name !== undefined));
    expect([...names].sort()).toEqual([...generated].sort());
  });

  test('its secrets are files that the credentials commands make, or the token', () => {
    const places = { nats: 'nats:4222', postgres: 'db:5432/popple' };
    const made = credentialFiles(newPasswords(), places).map(({ owner, name }) => `secrets/${owner}/${name}`);
    const folder = tempFolder('route-credentials');
    makeRouteCredentials(folder.path);
    const routes = readdirSync(folder.path).map((name) => `secrets/nats-routes/${name}`);
    folder.remove();
    for (const file of kustomization.secretGenerator.flatMap(({ files }) => files)) {
      expect([...made, ...routes, 'secrets/bot/discord_token']).toContain(file);
    }
    expect(kustomization.secretGenerator.flatMap(({ files }) => files).join()).not.toContain('ca.key');
    expect(readFileSync(join(KUBERNETES, 'secrets/.gitignore'), 'utf8')).toBe('*\n!.gitignore\n');
  });

  test('each part gets its own secret, and Postgres is nothing to the bot', () => {
    const secretOf = (name: string) => podOf(name).volumes.flatMap(({ secret }) => secret?.secretName ?? []);
    expect(secretOf('bot')).toEqual(['popple-bot']);
    expect(secretOf('svc')).toEqual(['popple-svc']);
    expect(secretOf('migrate')).toEqual(['popple-migrate']);
    expect(secretOf('streams')).toEqual(['popple-operator']);
    const files = (name: string) =>
      kustomization.secretGenerator.find((secret) => secret.name === name)?.files;
    expect(files('popple-bot')?.join()).not.toContain('database');
  });

  test('settings are variables that the parts read, with streams on three servers', () => {
    const settings = kustomization.configMapGenerator.flatMap(({ literals }) => literals);
    const known = Object.entries({ ...BOT_VARIABLES, ...SVC_VARIABLES, ...COMMON_VARIABLES });
    for (const setting of settings) {
      const [name, value] = setting.split('=');
      const variable = known.find(([other]) => other === name)?.[1];
      expect(variable?.schema.safeParse(value).success).toBe(true);
    }
    expect(settings).toContain('STREAM_REPLICAS=3');
  });
});

describe('pods', () => {
  test.each([...workloads])('%s may do nothing that it need not', (name, { selector, template }) => {
    // What the schema above demands: not root, no privileges, no writing, no token of the cluster.
    expect(template.metadata.labels[COMPONENT]).toBe(name);
    if (selector) expect(selector.matchLabels).toEqual({ [COMPONENT]: name });
    for (const { image, volumeMounts } of template.spec.containers) {
      expect(image === 'popple' || /:[^:]*\d/.test(image)).toBe(true);
      const volumes = [...template.spec.volumes.map((volume) => volume.name), 'data'];
      for (const mount of volumeMounts) expect(volumes).toContain(mount.name);
    }
    for (const { secret } of template.spec.volumes) if (secret) expect(secret.defaultMode).toBe(0o440);
  });

  test.each(['bot', 'svc'])('%s is probed where it answers, and has time to finish', (name) => {
    const { containers, terminationGracePeriodSeconds } = podOf(name);
    const [container] = containers;
    expect(container?.args).toEqual([name]);
    expect(container?.ports).toEqual([{ name: 'http', containerPort: 8080 }]);
    expect(container?.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'http' });
    expect(container?.livenessProbe?.httpGet).toEqual({ path: '/livez', port: 'http' });
    expect(terminationGracePeriodSeconds).toBeGreaterThan(10);
  });

  test.each(['bot', 'svc', 'migrate', 'streams'])('%s finds its credentials where its volume is', (name) => {
    const files = podOf(name).containers.flatMap(({ env }) =>
      env.filter((one) => one.name.endsWith('_FILE')),
    );
    expect(files.length).toBeGreaterThan(0);
    const secret = podOf(name).volumes.flatMap((volume) => volume.secret?.secretName ?? [])[0];
    const { files: held = [] } = kustomization.secretGenerator.find((one) => one.name === secret) ?? {};
    for (const { value = '' } of files) {
      expect(held.map((file) => `/run/credentials/${file.split('/').at(-1)}`)).toContain(value);
    }
  });
});

test('budgets and policies speak of pods that there are', () => {
  const selectorSchema = z.object({
    matchLabels: z.record(z.string(), z.string()).default({}),
    matchExpressions: z
      .array(z.object({ key: z.literal(COMPONENT), values: z.array(z.string()) }))
      .default([]),
  });
  const spoken = manifests
    .filter(({ kind }) => kind === 'PodDisruptionBudget' || kind === 'NetworkPolicy')
    .flatMap(({ spec }) => {
      const { selector, podSelector } = spec as { selector?: unknown; podSelector?: unknown };
      const { matchLabels, matchExpressions } = selectorSchema.parse(selector ?? podSelector);
      return [...Object.values(matchLabels), ...matchExpressions.flatMap(({ values }) => values)];
    });
  expect(new Set(spoken)).toEqual(new Set([...workloads.keys()]));
});

test('every part that runs for long has a budget for disruptions', () => {
  const budgets = manifests
    .filter(({ kind }) => kind === 'PodDisruptionBudget')
    .map(({ metadata }) => metadata.name);
  expect(budgets.sort()).toEqual(['bot', 'nats', 'svc']);
});

test('a server of the cluster writes through as a single one does', () => {
  const intervals = ['nats.conf', 'cluster.conf'].map((file) => {
    const text = readFileSync(join(ROOT, 'deploy/nats', file), 'utf8');
    return /^ {2}sync_interval: (\S+)$/m.exec(text)?.[1];
  });
  expect(intervals).toEqual(['always', 'always']);
});

test('svc is scaled by the lag of its own consumer', () => {
  const scaled = manifests.find(({ kind }) => kind === 'ScaledObject');
  const { scaleTargetRef, minReplicaCount, triggers } = z
    .object({
      scaleTargetRef: z.object({ name: z.string() }),
      minReplicaCount: z.number(),
      triggers: z.array(z.object({ type: z.string(), metadata: z.record(z.string(), z.string()) })),
    })
    .parse(scaled?.spec);
  expect(scaleTargetRef.name).toBe('svc');
  expect(minReplicaCount).toBeGreaterThanOrEqual(2);
  expect(
    manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'svc')?.spec,
  ).not.toHaveProperty('replicas');
  expect(triggers[0]?.type).toBe('nats-jetstream');
  expect(triggers[0]?.metadata).toMatchObject({
    account: 'POPPLE',
    stream: STREAMS.requests,
    consumer: DURABLES.svc,
    natsServerMonitoringEndpoint: `nats.${kustomization.namespace}.svc.cluster.local:8222`,
  });
  expect(readFileSync(join(ROOT, 'deploy/nats/accounts.conf'), 'utf8')).toMatch(/^ {2}POPPLE \{$/m);
});
