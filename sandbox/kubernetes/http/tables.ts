import type { Autoscaler, Deployment, JsonObject, KubeObject, Pod, ReplicaSet } from '../objects.ts';
import { asJson, isObject } from '../objects.ts';
import {
  AUTOSCALERS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  EVENTS,
  NAMESPACES,
  PODS,
  REPLICA_SETS,
  type Resource,
  SECRETS,
  SERVICES,
} from '../resources.ts';
import { podRow } from './pod-row.ts';

type Cell = string | number;
type Column = readonly [
  name: string,
  cell: (object: KubeObject, now: number) => Cell,
  priority?: 1 | undefined,
];

/** An age as kubectl shows it: two units up to 10 of the larger, one beyond. */
export const humanDuration = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const units: readonly [number, string, number, string][] = [
    [120, 's', 1, ''],
    [600, 'm', 60, 's'],
    [10_800, 'm', 60, ''],
    [28_800, 'h', 3_600, 'm'],
    [172_800, 'h', 3_600, ''],
    [691_200, 'd', 86_400, 'h'],
  ];
  const [, unit, size, smaller] = units.find(([below]) => seconds < below) ?? [0, 'd', 86_400, ''];
  const rest = seconds % size;
  const smallSize = { s: 1, m: 60, h: 3_600 }[smaller] ?? 1;
  const small =
    smaller && Math.floor(rest / smallSize) > 0 ? `${Math.floor(rest / smallSize)}${smaller}` : '';
  return `${Math.floor(seconds / size)}${unit}${small}`;
};

const age = (object: KubeObject, now: number): Cell =>
  humanDuration(now - Date.parse(object.metadata.creationTimestamp));
const NAME: Column = ['Name', ({ metadata }) => metadata.name];
const AGE: Column = ['Age', age];

const at = (object: KubeObject, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), asJson(object));
const text =
  (path: string, fallback = '<none>') =>
  (object: KubeObject): Cell => {
    const value = at(object, path);
    return value === undefined || value === null || value === '' ? fallback : (value as Cell);
  };

const templateOf = (it: KubeObject) => (it as Deployment).spec.template.spec.containers;
/** The columns that `-o wide` adds to workloads. */
const wide: readonly Column[] = [
  [
    'Containers',
    (it) =>
      templateOf(it)
        .map(({ name }) => name)
        .join(','),
    1,
  ],
  [
    'Images',
    (it) =>
      templateOf(it)
        .map(({ image }) => image)
        .join(','),
    1,
  ],
  ['Selector', (it) => selectorText((it as Deployment).spec.selector), 1],
];
const selectorText = ({ matchLabels = {} }: { matchLabels?: Readonly<Record<string, string>> }) =>
  Object.entries(matchLabels)
    .map(([label, value]) => `${label}=${value}`)
    .join(',') || '<none>';
const count =
  (path: string) =>
  (object: KubeObject): Cell =>
    Number(at(object, path) ?? 0);

const target = ({ spec, status }: Autoscaler): string => {
  const wanted = spec.metrics?.[0]?.resource?.target.averageUtilization;
  const measured = status?.currentMetrics?.[0]?.resource?.current.averageUtilization;
  return `cpu: ${measured === undefined ? '<unknown>' : `${measured}%`}/${wanted ?? '<auto>'}%`;
};

const ports = ({ spec }: KubeObject): string =>
  ((spec as { ports?: { port: number; protocol: string }[] }).ports ?? [])
    .map(({ port, protocol }) => `${port}/${protocol}`)
    .join(',') || '<none>';

const DATA: Column = [
  'Data',
  (it) => ['data', 'binaryData'].flatMap((part) => Object.keys(at(it, part) ?? {})).length,
];

const COLUMNS = new Map<Resource, readonly Column[]>([
  [CONFIG_MAPS, [NAME, DATA, AGE]],
  [SECRETS, [NAME, ['Type', text('type')], DATA, AGE]],
  [NAMESPACES, [NAME, ['Status', text('status.phase', 'Active')], AGE]],
  [
    PODS,
    podRow
      .map(([name, cell, priority]): Column => [name, (it) => cell(it as Pod), priority])
      .toSpliced(4, 0, AGE),
  ],
  [
    DEPLOYMENTS,
    [
      NAME,
      [
        'Ready',
        (it) => `${(it as Deployment).status?.readyReplicas ?? 0}/${(it as Deployment).spec.replicas}`,
      ],
      ['Up-to-date', count('status.updatedReplicas')],
      ['Available', count('status.availableReplicas')],
      AGE,
      ...wide,
    ],
  ],
  [
    REPLICA_SETS,
    [
      NAME,
      ['Desired', (it) => (it as ReplicaSet).spec.replicas],
      ['Current', count('status.replicas')],
      ['Ready', count('status.readyReplicas')],
      AGE,
      ...wide,
    ],
  ],
  [
    SERVICES,
    [
      NAME,
      ['Type', text('spec.type')],
      ['Cluster-IP', text('spec.clusterIP')],
      ['External-IP', () => '<none>'],
      ['Port(s)', ports],
      AGE,
    ],
  ],
  [
    EVENTS,
    [
      ['Last Seen', (it, now) => humanDuration(now - Date.parse(String(at(it, 'lastTimestamp'))))],
      ['Type', text('type')],
      ['Reason', text('reason')],
      [
        'Object',
        (it) => `${String(at(it, 'involvedObject.kind')).toLowerCase()}/${at(it, 'involvedObject.name')}`,
      ],
      ['Message', text('message')],
    ],
  ],
  [
    AUTOSCALERS,
    [
      NAME,
      ['Reference', (it) => `${at(it, 'spec.scaleTargetRef.kind')}/${at(it, 'spec.scaleTargetRef.name')}`],
      ['Targets', (it) => target(it as Autoscaler)],
      ['MinPods', count('spec.minReplicas')],
      ['MaxPods', count('spec.maxReplicas')],
      ['Replicas', count('status.currentReplicas')],
      AGE,
    ],
  ],
]);

/** Objects as the `meta.k8s.io/v1` Table that `kubectl get` prints. */
export const tableOf = (
  resource: Resource,
  objects: readonly KubeObject[],
  now: number,
  metadata: JsonObject,
): JsonObject => {
  const columns = COLUMNS.get(resource) ?? [NAME, AGE];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(([name, , priority = 0]) => ({
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: name,
      priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(([, cell]) => cell(object, now)),
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
};
