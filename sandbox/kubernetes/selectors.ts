import { asJson, isObject, type KubeObject, type LabelSelector, type Labels } from './objects.ts';
import { badRequest } from './status.ts';

export type Predicate = (object: KubeObject) => boolean;

/** Whether labels fit a selector of a spec. An empty selector fits everything. */
export const fitsSelector = (selector: LabelSelector | undefined, labels: Labels = {}): boolean =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
  (selector?.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === 'In') return value !== undefined && values.includes(value);
    if (operator === 'NotIn') return value === undefined || !values.includes(value);
    return operator === 'Exists' ? value !== undefined : value === undefined;
  });

const requirement = (text: string): ((labels: Labels) => boolean) => {
  const set = /^([^\s!=]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(labels[key] ?? '\u0000') === (operator === 'in');
  }
  const [, key = '', operator, value = ''] = /^([^\s!=]+)\s*(==?|!=)\s*(\S*)$/.exec(text) ?? [];
  if (operator !== undefined) return (labels) => (labels[key] === value) === (operator !== '!=');
  const [, not, exists] = /^(!?)\s*([\w./-]+)$/.exec(text) ?? [];
  if (exists === undefined) throw badRequest(`unable to parse requirement: found '${text}'`);
  return (labels) => (labels[exists] !== undefined) === (not === '');
};

/** Parses `labelSelector` of a query: `app=podinfo,tier in (a, b),!legacy`. */
export const labelPredicate = (text: string | undefined): Predicate => {
  if (!text) return () => true;
  const requirements = text.split(/,(?![^(]*\))/).map((part) => requirement(part.trim()));
  return ({ metadata }) => requirements.every((fits) => fits(metadata.labels ?? {}));
};

const fieldText = (object: KubeObject, path: string): string => {
  let value: unknown = asJson(object);
  for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined;
  return value === undefined || value === null ? '' : String(value);
};

/** Parses `fieldSelector` of a query: `metadata.name=podinfo,status.phase!=Failed`. */
export const fieldPredicate = (text: string | undefined): Predicate => {
  if (!text) return () => true;
  const requirements = text.split(',').map((part): Predicate => {
    const [, path = '', operator, value = ''] = /^([\w.]+)(==?|!=)(.*)$/.exec(part) ?? [];
    if (operator === undefined) throw badRequest(`invalid field selector: ${part}`);
    return (object) => (fieldText(object, path) === value) === (operator !== '!=');
  });
  return (object) => requirements.every((fits) => fits(object));
};
