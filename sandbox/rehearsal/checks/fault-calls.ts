import { nearest } from '../../../lambdas/core/spec/nearest.ts';
import { SERVICES } from '../../aws/wire/catalogue.ts';
import { modelOf } from '../../aws/wire/model.ts';
import { RESOURCES } from '../../kubernetes/resources.ts';
import type { ReadableParts } from './readable-parts.ts';

/** `k8s.io/apiserver` RequestInfo: what a request is called by its method and path. */
const VERBS = ['create', 'update', 'patch', 'delete', 'deletecollection', 'get', 'list', 'watch'];

const SUBRESOURCES = RESOURCES.flatMap(({ plural, subresources }) => [
  plural,
  ...subresources.map((name) => `${plural}/${name}`),
]);

/** What is wrong with a call, and its fix. */
type Wrong = readonly [what: string, fix: string];

const fixFor = (word: string, known: readonly string[], prefix: string): string => {
  const meant = nearest(word, known);
  return meant === undefined ? `known: ${known.join(', ')}` : `did you mean ${prefix}${meant}?`;
};

const wrongKubernetes = ([verb = '', resource = '', ...more]: readonly string[]): Wrong | undefined => {
  if (!VERBS.includes(verb)) return ['no such verb', fixFor(verb, VERBS, 'kubernetes.')];
  if (!SUBRESOURCES.includes(resource) || more.length > 0)
    return ['no such resource', fixFor(resource, SUBRESOURCES, `kubernetes.${verb}.`)];
  return undefined;
};

/** Services that no SDK client describes, with the operations that the sandbox has. */
const UNMODELLED: Readonly<Record<string, readonly string[]>> = { aps: ['QueryMetrics'] };

const operationsOf = async (prefix: string): Promise<readonly string[] | undefined> => {
  const service = SERVICES.find((one) => one.prefix === prefix);
  return service === undefined ? UNMODELLED[prefix] : [...(await modelOf(service)).operations.keys()];
};

const wrongAws = async (prefix: string, operation: string): Promise<Wrong | undefined> => {
  const operations = await operationsOf(prefix);
  const services = [...SERVICES.map((one) => one.prefix), ...Object.keys(UNMODELLED), 'kubernetes'];
  if (operations === undefined) return ['no such service', fixFor(prefix, services, '')];
  if (operations.includes(operation)) return undefined;
  return [`${prefix} has no such operation`, fixFor(operation, operations, `${prefix}.`)];
};

/** Faults that no call would ever meet, one line each. The operations are those of the AWS SDK's own schemas. */
export const unknownFaultCalls = async ({ timeline }: Pick<ReadableParts, 'timeline'>): Promise<string[]> => {
  const problems: string[] = [];
  for (const [index, { fault }] of timeline.entries()) {
    if (fault === undefined) continue;
    const [service = '', ...rest] = fault.call.split('.');
    const wrong = service === 'kubernetes' ? wrongKubernetes(rest) : await wrongAws(service, rest.join('.'));
    if (wrong === undefined) continue;
    const [what, fix] = wrong;
    problems.push(`timeline[${index}].fault.call: ${what}, got "${fault.call}"; ${fix}`);
  }
  return problems;
};
