import { readFileSync } from 'node:fs';
import { documentsIn } from '../../infra/yaml-documents.ts';
import { type Block, isCanary, manifestsIn } from '../../lambdas/core/spec/flagger/manifests.ts';

/** A Canary as it was found. */
export interface FoundCanary {
  /** The file's name as given; `-` for stdin. */
  readonly file: string;
  readonly manifest: Block;
  readonly name: string;
  readonly namespace: string;
}

/** What files hold. */
export interface Found {
  readonly canaries: readonly FoundCanary[];
  /** Everything beside them too: Deployments say containers and images. */
  readonly manifests: readonly Block[];
  /** One line each. */
  readonly problems: readonly string[];
}

const STDIN = '-';

const textOf = (file: string): { text: string } | { problem: string } => {
  try {
    return { text: readFileSync(file === STDIN ? 0 : file, 'utf8') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { problem: 'there is no such file; check the path' };
    if (code === 'EISDIR') return { problem: 'is a folder; name the files in it' };
    return { problem: `cannot be read: ${(error as Error).message}` };
  }
};

const found = (file: string, manifest: Block): FoundCanary => {
  const { name, namespace } = (manifest.metadata ?? {}) as { name?: unknown; namespace?: unknown };
  return {
    file,
    manifest,
    name: typeof name === 'string' ? name : 'without a name',
    namespace: typeof namespace === 'string' ? namespace : 'default',
  };
};

const read = (file: string): Found => {
  const none = { canaries: [], manifests: [] };
  const content = textOf(file);
  if ('problem' in content) return { ...none, problems: [`${file}: ${content.problem}`] };
  const parsed = documentsIn(content.text);
  if ('problem' in parsed) return { ...none, problems: [`${file}: ${parsed.problem}`] };
  const manifests = manifestsIn(parsed.documents);
  const canaries = manifests.filter(isCanary).map((manifest) => found(file, manifest));
  const problems =
    canaries.length > 0 || manifests.length > 0
      ? []
      : [`${file}: holds no manifest; export some: kubectl get canaries -A -o yaml`];
  return { canaries, manifests, problems };
};

/** Reads manifests of one or several documents, lists as kubectl prints them, and `-`, stdin. */
export const readCanaries = (files: readonly string[]): Found => {
  const all = [...new Set(files)].map(read);
  const canaries = all.flatMap((one) => one.canaries);
  const problems = all.flatMap((one) => one.problems);
  if (canaries.length === 0 && problems.length === 0)
    problems.push(
      `${files.join(', ')}: no Canary of flagger.app among the manifests; export some: kubectl get canaries -A -o yaml`,
    );
  return { canaries, manifests: all.flatMap((one) => one.manifests), problems };
};
