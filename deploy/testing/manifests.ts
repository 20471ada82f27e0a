import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as apps from 'kubernetes-models/apps/v1';
import * as batch from 'kubernetes-models/batch/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { z } from 'zod';
import { ROOT } from '../compose/engine';

export const KUBERNETES = join(ROOT, 'deploy/kubernetes');

const generatorSchema = z.strictObject({
  name: z.string(),
  files: z.array(z.string()).default([]),
  literals: z.array(z.string()).default([]),
});

const imageName = { name: z.string(), newName: z.string().optional() };
export const imageSchema = z.union([
  z.strictObject({ ...imageName, newTag: z.string().regex(/\d/) }),
  z.strictObject({ ...imageName, digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) }),
]);

const kustomizationSchema = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: z.string().optional(),
  resources: z.array(z.string()).default([]),
  labels: z.array(z.strictObject({ pairs: z.record(z.string(), z.string()) })).default([]),
  images: z.array(imageSchema).default([]),
  configMapGenerator: z.array(generatorSchema).default([]),
  secretGenerator: z.array(generatorSchema).default([]),
});

export type Kustomization = z.infer<typeof kustomizationSchema>;

/** Reads the kustomization.yaml of a folder, relative to deploy/kubernetes. */
export function readKustomization(folder = '.'): Kustomization {
  const path = join(KUBERNETES, folder, 'kustomization.yaml');
  return kustomizationSchema.parse(Bun.YAML.parse(readFileSync(path, 'utf8')));
}

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

export type Manifest = z.infer<typeof manifestSchema> & { file: string };

/** Every object in the files that the kustomization names. */
export function readManifests(): Manifest[] {
  return readKustomization()
    .resources.filter((resource) => resource.endsWith('.yaml'))
    .flatMap((file) => {
      const documents = Bun.YAML.parse(readFileSync(join(KUBERNETES, file), 'utf8'));
      return z
        .array(manifestSchema)
        .parse(Array.isArray(documents) ? documents : [documents])
        .map((manifest) => ({ ...manifest, file }));
    });
}

interface Model {
  /** Where its TypeScript interface is. */
  module: string;
  validate(manifest: object): void;
}

type ModelClass = new (data: never) => { validate(): void };

function model(module: string, Class: ModelClass): Model {
  return { module, validate: (manifest) => new Class(manifest as never).validate() };
}

/** The kinds that are used, by group and version, with the schemas of their makers. */
const MODELS: Record<string, Model> = {
  'v1/Namespace': model('kubernetes-models/v1', core.Namespace),
  'v1/Service': model('kubernetes-models/v1', core.Service),
  'apps/v1/Deployment': model('kubernetes-models/apps/v1', apps.Deployment),
  'apps/v1/StatefulSet': model('kubernetes-models/apps/v1', apps.StatefulSet),
  'batch/v1/Job': model('kubernetes-models/batch/v1', batch.Job),
  'policy/v1/PodDisruptionBudget': model('kubernetes-models/policy/v1', policy.PodDisruptionBudget),
  'networking.k8s.io/v1/NetworkPolicy': model(
    'kubernetes-models/networking.k8s.io/v1',
    networking.NetworkPolicy,
  ),
  'keda.sh/v1alpha1/ScaledObject': model('@kubernetes-models/keda/keda.sh/v1alpha1', keda.ScaledObject),
};

/** @throws Error for a kind that no schema is known for. */
export function modelOf({ apiVersion, kind }: Manifest): Model {
  const found = MODELS[`${apiVersion}/${kind}`];
  if (found === undefined) throw new Error(`no schema is known for ${apiVersion} ${kind}`);
  return found;
}

/**
 * The manifests as TypeScript, each with the type of its kind: schemas let unknown fields pass, and the compiler does
 * not. A misspelt field is one that the cluster would drop without a word.
 */
export function manifestsAsTypeScript(manifests: readonly Manifest[]): string {
  return manifests
    .map((manifest, index) => {
      const { file: _file, ...object } = manifest;
      const type = `import('${modelOf(manifest).module}').I${manifest.kind}`;
      return `export const manifest${index}: ${type} = ${JSON.stringify(object)};\n`;
    })
    .join('');
}
