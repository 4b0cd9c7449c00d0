/**
 * Cuts the table of messages beside this file out of Kubernetes' own Go types (Apache-2.0), whose field tags hold the
 * numbers on the wire and the names in JSON. Run by hand when the served version changes:
 * `cut.ts k8s.io/api@VERSION k8s.io/apimachinery@VERSION`, two folders of the Go module cache.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Messages } from './decode.ts';

/** Packages whose kinds the sandbox stores or answers, by the name that Go code calls them. */
const PACKAGES: readonly (readonly [go: string, name: string, folder: string])[] = [
  ['v1', 'core/v1', 'core/v1'],
  ['', 'apps/v1', 'apps/v1'],
  ['', 'autoscaling/v1', 'autoscaling/v1'],
  ['', 'autoscaling/v2', 'autoscaling/v2'],
  ['', 'rbac.authorization.k8s.io/v1', 'rbac/v1'],
  ['', 'policy/v1', 'policy/v1'],
  ['', 'admissionregistration.k8s.io/v1', 'admissionregistration/v1'],
  ['', 'authorization.k8s.io/v1', 'authorization/v1'],
  ['', 'authentication.k8s.io/v1', 'authentication/v1'],
];
const META = 'meta/v1';
const SPECIAL = ['Quantity', 'Time', 'MicroTime', 'Duration', 'IntOrString', 'RawExtension', 'FieldsV1'];
const ROOTS = [
  ...['Namespace', 'Pod', 'Service', 'Event', 'ConfigMap', 'Secret', 'ServiceAccount'].map(
    (it) => `core/v1.${it}`,
  ),
  ...['Deployment', 'ReplicaSet'].map((it) => `apps/v1.${it}`),
  ...['autoscaling/v1.Scale', 'autoscaling/v2.HorizontalPodAutoscaler', 'policy/v1.PodDisruptionBudget'],
  ...['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'].map(
    (it) => `rbac.authorization.k8s.io/v1.${it}`,
  ),
  ...['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'].map(
    (it) => `admissionregistration.k8s.io/v1.${it}`,
  ),
  ...['SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'].map(
    (it) => `authorization.k8s.io/v1.${it}`,
  ),
  'authentication.k8s.io/v1.SelfSubjectReview',
  `${META}.DeleteOptions`,
];

interface Package {
  readonly name: string;
  readonly structs: ReadonlyMap<string, string>;
  readonly aliases: ReadonlyMap<string, string>;
}

const readPackage = async (name: string, folder: string): Promise<Package> => {
  const files = (await readdir(folder)).filter((it) => it.endsWith('types.go') || it === 'time.go');
  const text = (await Promise.all(files.map((it) => readFile(join(folder, it), 'utf8')))).join('\n');
  const structs = [...text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)];
  const aliases = [...text.matchAll(/^type (\w+) ((?:\[\]|map\[\w+\])?[\w.]+)\s*$/gm)];
  return {
    name,
    structs: new Map(structs.map(([, struct = '', body = '']) => [struct, body])),
    aliases: new Map(aliases.map(([, alias = '', type = '']) => [alias, type])),
  };
};

const FIELD =
  /^\t(?:(\w+) )?(\*?(?:\[\]|map\[[\w.]+\])*\*?[\w.]+)\s+`[^`]*json:"([^"]*)"[^`]*protobuf:"(\w+),(\d+)/;

const [, , apiFolder, machineryFolder] = process.argv;
if (apiFolder === undefined || machineryFolder === undefined)
  throw new Error('usage: cut.ts API APIMACHINERY');
const packages = new Map<string, Package>();
for (const [, name, folder] of PACKAGES) packages.set(name, await readPackage(name, join(apiFolder, folder)));
packages.set(META, await readPackage(META, join(machineryFolder, 'pkg/apis/meta/v1')));

/** The package that a Go type is in, and its name there. */
const located = (type: string, home: string): readonly [string, string] => {
  const [prefix, name] = type.includes('.') ? (type.split('.') as [string, string]) : [undefined, type];
  if (prefix === undefined) return [home, name];
  return [{ metav1: META, v1: 'core/v1', corev1: 'core/v1' }[prefix] ?? prefix, name];
};

/** `string`, `int`, `bool`, `double`, `bytes`, a special type, or the name of a message; `[]` and `{}` before it. */
const wireType = (type: string, home: string): string => {
  const plain = type.replace(/^\*/, '');
  if (plain === '[]byte') return 'bytes';
  if (plain.startsWith('[]')) return `[]${wireType(plain.slice(2), home)}`;
  if (plain.startsWith('map[')) return `{}${wireType(plain.replace(/^map\[[\w.]+\]/, ''), home)}`;
  if (plain === 'string' || plain === 'bool') return plain;
  if (/^u?int\d*$/.test(plain)) return 'int';
  if (plain === 'float64') return 'double';
  const [from, name] = located(plain, home);
  if (SPECIAL.includes(name)) return name;
  const found = packages.get(from);
  if (found?.structs.has(name)) return `${from}.${name}`;
  const alias = found?.aliases.get(name);
  return alias === undefined ? 'string' : wireType(alias, from);
};

const messages: Record<string, Messages[string]> = {};
const cut = (message: string): void => {
  if (messages[message] !== undefined) return;
  const at = message.lastIndexOf('.');
  const [home, name] = [message.slice(0, at), message.slice(at + 1)];
  const fields: Record<string, Messages[string][string]> = {};
  messages[message] = fields;
  for (const line of packages.get(home)?.structs.get(name)?.split('\n') ?? []) {
    const [, , type = '', json = '', , number] = FIELD.exec(line) ?? [];
    if (number === undefined) continue;
    const wire = wireType(type, home);
    const [jsonName = '', ...options] = json.split(',');
    const keepsZero = type.startsWith('*') || !options.includes('omitempty');
    const name = options.includes('inline') ? '' : jsonName;
    fields[number] = keepsZero ? [name, wire, 1] : [name, wire];
    const inner = wire.replace(/^(\[\]|\{\})+/, '');
    if (inner.includes('/')) cut(inner);
  }
};
for (const root of ROOTS) cut(root);
const source = `${basename(apiFolder)} and ${basename(machineryFolder)} (Apache-2.0), struct tags`;
await writeFile(new URL('messages.json', import.meta.url), `${JSON.stringify({ source, messages })}\n`);
